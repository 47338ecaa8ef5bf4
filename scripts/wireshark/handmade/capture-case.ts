import type { Pcap } from '../capture/pcap.js';
import { TcpConnection } from '../capture/tcp-connection.js';

/** A capture, and what the list of packets has to say of it. */
export interface CaptureCase {
  readonly name: string;
  /** Writes the packets; `connect` opens a connection to a port. */
  readonly write: (connect: (serverPort?: number) => TcpConnection) => void;
  /** Options of tshark. */
  readonly options?: readonly string[];
  /** Columns Protocol and Info of each packet that passes the filter, in order. */
  readonly rows: readonly string[];
  /** Left out: packets of ours. */
  readonly filter?: string;
  /** What is wrong, in the order of the packets: the texts of expert info. Left out: nothing is. */
  readonly experts?: readonly string[];
}

/** A port that belongs to no protocol that Wireshark knows. */
const PORT = 45_678;
export const PORT_OPTION = ['-o', `im.ports:${PORT}`];

export function writeCase({ write }: CaptureCase, pcap: Pcap): void {
  let index = 0;
  write((serverPort = PORT) => new TcpConnection(pcap, { index: index++, serverPort }));
}
