// What is measured side by side: a server, and how the clients speak to it.

/**
 * By key:
 * - server: the file in server/; protocol: the file in client/protocols/
 * - isBare: connections are held, and nothing is said: what the transport alone costs
 * - onlyGroup: in anything but fan-out it does the same as another contender
 * - bare: the contender beyond which memory is counted
 * - isFloor: the smallest program that does the same work, with nothing of ours; it takes part where `withFloor` is set
 * - canObserve: takes part in `observed` alone
 * - packages: whose versions the report gives
 */
export const CONTENDERS = {
  'bare-tcp': { title: 'bare TCP', server: 'bare-tcp', protocol: 'bare-tcp', isBare: true, packages: [] },
  'bare-ws': { title: 'bare ws', server: 'bare-ws', protocol: 'bare-ws', isBare: true, packages: ['ws'] },
  'ws-json-once': {
    title: 'ws + JSON, stringified once',
    server: 'ws-json-once',
    protocol: 'ws-json',
    bare: 'bare-ws',
    packages: ['ws'],
  },
  'ws-json-each': {
    title: 'ws + JSON, stringified for each',
    server: 'ws-json-each',
    protocol: 'ws-json',
    onlyGroup: true,
    bare: 'bare-ws',
    packages: ['ws'],
  },
  'socket-io': {
    title: 'Socket.IO',
    server: 'socket-io',
    protocol: 'socket-io',
    bare: 'bare-ws',
    packages: ['socket.io', 'engine.io'],
  },
  'im-ws': {
    title: '@im/protocol, WebSocket',
    server: 'im-protocol',
    protocol: 'im-websocket',
    bare: 'bare-ws',
    packages: ['ws'],
  },
  'im-tcp': { title: '@im/protocol, TCP', server: 'im-protocol', protocol: 'im-tcp', bare: 'bare-tcp', packages: [] },
  'floor-ws': { title: 'floor, WebSocket', server: 'floor-ws', protocol: 'im-websocket', isFloor: true, packages: ['ws'] },
  'floor-tcp': { title: 'floor, TCP', server: 'floor-tcp', protocol: 'im-tcp', isFloor: true, packages: [] },
  'im-tcp-metrics': {
    title: '@im/protocol, TCP, metrics',
    server: 'im-metrics',
    protocol: 'im-tcp',
    bare: 'bare-tcp',
    canObserve: true,
    packages: [],
  },
  'im-tcp-instrumented': {
    title: '@im/protocol, TCP, metrics and spans',
    server: 'im-instrumented',
    protocol: 'im-tcp',
    bare: 'bare-tcp',
    canObserve: true,
    packages: [],
  },
};
