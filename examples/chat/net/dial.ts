import { type Hello, subprotocolsFor } from '@im/protocol';
import { connectTcp } from './tcp-transport.js';
import type { Transport } from './transport.js';
import { connectWs } from './ws-transport.js';

/** The ports of a server. */
export interface Ports {
  readonly tcp: number;
  readonly ws: number;
}

/** Connects for a Hello: on WebSocket, the versions that it offers are offered as subprotocols too. */
export type Dial = (hello: Hello) => Promise<Transport>;

export function dial(transport: keyof Ports, ports: Ports): Dial {
  if (transport === 'tcp') return () => connectTcp(ports.tcp);
  return ({ versions }) => connectWs(ports.ws, subprotocolsFor(versions));
}
