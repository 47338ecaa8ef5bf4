import type { Pcap } from '../capture/pcap.js';
import { TcpConnection } from '../capture/tcp-connection.js';

/** A capture and the expected packet list. */
export interface CaptureCase {
  readonly name: string;
  /** Writes the packets; `connect` opens a connection to a port. */
  readonly write: (connect: (serverPort?: number) => TcpConnection) => void;
  /** Options of tshark. */
  readonly options?: readonly string[];
  /** Columns Protocol and Info of each packet that passes the filter, in order. */
  readonly rows: readonly string[];
  /** Default: packets of this protocol. */
  readonly filter?: string;
  /** The texts of expert infos, in packet order. Default: none. */
  readonly experts?: readonly string[];
}

/** A port without a registered protocol. */
const PORT = 45_678;
export const PORT_OPTION = ['-o', `im.ports:${PORT}`];

export function writeCase({ write }: CaptureCase, pcap: Pcap): void {
  let index = 0;
  write((serverPort = PORT) => new TcpConnection(pcap, { index: index++, serverPort }));
}
