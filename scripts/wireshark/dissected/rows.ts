import { tshark } from './tshark.js';

/** A row of the packet list. */
export interface Row {
  readonly number: number;
  /** Index of the TCP stream. */
  readonly stream: number;
  readonly isWebSocket: boolean;
  readonly protocol: string;
  readonly info: string;
}

/** The rows of the packets that match a display filter. */
export async function rows(capture: string, filter: string, ...options: string[]): Promise<Row[]> {
  // Columns by format: their field names changed with Wireshark 4.2.
  const columns = [
    'Number',
    '%m',
    'Stream',
    '%Cus:tcp.stream',
    'Protocols',
    '%Cus:frame.protocols',
    'Protocol',
    '%p',
    'Info',
    '%i',
  ];
  const format = `gui.column.format:${columns.map((text) => `"${text}"`).join(',')}`;
  const text = await tshark(capture, '-Y', filter, '-T', 'tabs', '-o', format, ...options);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [number, stream, protocols, protocol, ...info] = line.split('\t');
      const isWebSocket = protocols.split(':').includes('websocket');
      return { number: Number(number), stream: Number(stream), isWebSocket, protocol: protocol.trim(), info: info.join('\t') };
    });
}
