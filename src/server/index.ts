// `@im/protocol/server`: an IM server between the connections of its clients and the platform; and the referee of calls, for the platform.
//
//   client -> listen -> Uplink -> queue -> platform      what clients send
//   platform -> queue -> deliver -> connections          what they get, and the replies
//
// `serveBroker` joins a server to a broker with `deliver`, and reports its sessions.
//
// Nothing here knows Node: the connections are those of `listen`, the queue is any.

export { AudienceIndex } from './audience-index.js';
export { CallReferee, type CallRefereeOptions } from './calls/call-referee.js';
export type { CallRuling, EndedCall } from './calls/ruling.js';
export { type Delivered, type DeliverOptions, deliver } from './deliver.js';
export { answerRoom } from './rooms.js';
export {
  type BrokeredServer,
  type ServeBrokerErrorContext,
  type ServeBrokerOptions,
  type ServedBroker,
  serveBroker,
} from './serve-broker.js';
export type { ServedConnection } from './served-connection.js';
export { isUplinked, Uplink, type UplinkFacts, type UplinkOptions, uplinkInfo } from './uplink.js';
