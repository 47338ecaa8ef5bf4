// Version negotiation: Hello, Welcome and Reject as pure functions, without I/O, timers, clock or randomness of their own.
export type { Agreement } from './agreement.js';
export { type AnswerOptions, answerHello, type HelloAnswer } from './answer-hello.js';
export { canPipeline, pipelineVersion } from './can-pipeline.js';
export { checkReject } from './check-reject.js';
export { checkWelcome, type WelcomeContext } from './check-welcome.js';
export { chooseFeatures } from './choose-features.js';
export { chooseVersion } from './choose-version.js';
export { commandDigest } from './command-digest.js';
export type { ApplicationCommands } from './command-names.js';
export { createHello, type HelloOptions } from './create-hello.js';
export { createReject, type RejectOptions } from './create-reject.js';
export { isGreaseFeature, isGreaseVersion } from './grease.js';
export { peerError } from './peer-error.js';
export { chooseSubprotocol, subprotocolsFor } from './subprotocols.js';
export { withGrease } from './with-grease.js';
