// Version negotiation: Hello, Welcome and Reject as pure functions. Time and random numbers are arguments.

export { type AnswerOptions, answerHello, type HelloAnswer } from './answer-hello.js';
export { type Agreement, checkWelcome, type WelcomeContext } from './check-welcome.js';
export { type ApplicationCommands, commandDigest } from './command-digests.js';
export { createHello, type HelloOptions } from './create-hello.js';
export { checkReject, createReject, peerError, type RejectOptions } from './reject.js';
export { chooseSubprotocol, pipelineVersion, subprotocolsFor } from './subprotocols.js';
export { chooseFeatures, chooseVersion, isGreaseFeature, isGreaseVersion, withGrease } from './versions.js';
