import { type AddressInfo, createServer } from 'node:net';
import type { Report } from '../../test/runtimes/program/report.js';

/** The report of a server that runs the self-test for a request. It takes a moment until its port is open. */
export async function fetchReport(url: string): Promise<Report> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(200_000) });
      const text = await response.text();
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 1000)}`);
      return JSON.parse(text) as Report;
    } catch (error) {
      if (attempt >= 100 || (error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** A port for a server that cannot choose one itself. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
