// The log of an IM server: ids, codes and durations, from the channels that the library publishes to. Never texts, tokens or device ids.
import { channel, tracingChannel } from 'node:diagnostics_channel';
import { isProtocolError } from '@im/protocol';
import type { Server, ServerChannels, ServerConnection, ServerTracingChannels } from '@im/protocol/node';
import { type Logger, pino } from 'pino';

/** Writes JSON lines to stderr. Nothing, unless LOG_LEVEL is set: `debug` has each request, `info` each connection and LOGIN. */
export function createLog(): Logger {
  return pino({ level: process.env.LOG_LEVEL ?? 'silent' }, pino.destination(2));
}

/** Logs what a server does. @returns a function that ends it. */
export function logServer(server: Server, log: Logger): () => void {
  const ends: (() => void)[] = [];
  const on = <Name extends keyof ServerChannels>(name: Name, take: (message: ServerChannels[Name]) => void): void => {
    const listener = guarded(server, take, log);
    channel(name).subscribe(listener);
    ends.push(() => void channel(name).unsubscribe(listener));
  };
  const onAnswered = <Name extends keyof ServerTracingChannels>(
    name: Name,
    take: (message: ServerTracingChannels[Name]) => void,
  ): void => {
    const { asyncEnd } = tracingChannel(name);
    const listener = guarded(server, take, log);
    asyncEnd.subscribe(listener);
    ends.push(() => void asyncEnd.unsubscribe(listener));
  };

  on('im.protocol.server.connection.open', ({ connection }) => {
    log.info({ ...of(connection), address: connection.remoteAddress }, 'open');
  });
  on('im.protocol.server.connection.refuse', ({ transport, remoteAddress, error }) => {
    log.warn({ transport, address: remoteAddress, ...why(error) }, 'refused');
  });
  on('im.protocol.server.handshake', ({ connection, error, durationMs }) => {
    log.info({ ...of(connection), version: connection.version, ...why(error), ms: rounded(durationMs) }, 'handshake');
  });
  on('im.protocol.server.frame.refuse', ({ connection, error }) => {
    log.warn({ ...of(connection), ...why(error) }, 'frame refused');
  });
  on('im.protocol.server.queue', ({ connection, isFull, bufferedBytes }) => {
    log.warn({ ...of(connection), isFull, bufferedBytes }, 'queue');
  });
  on('im.protocol.server.connection.close', ({ connection, error, durationMs }) => {
    log.info({ ...of(connection), ...why(error), ms: rounded(durationMs) }, 'close');
  });
  onAnswered('im.protocol.server.login', ({ connection, code, error, isRenewal, durationMs }) => {
    const level = code === 'OK' ? 'info' : 'warn';
    log[level]({ ...of(connection), ...why(error), code, isRenewal, ms: rounded(durationMs) }, 'login');
  });
  onAnswered('im.protocol.server.request', ({ connection, command, message, code, error, durationMs }) => {
    const level = code === 'OK' ? 'debug' : 'warn';
    const { sequence } = message;
    log[level]({ ...of(connection), command, sequence, ...why(error), code, ms: rounded(durationMs) }, 'request');
  });
  return () => {
    for (const end of ends) end();
  };
}

/** Channels are those of all servers of a process, and a subscriber that throws ends the process. */
function guarded<Message extends { readonly server: Server }>(
  server: Server,
  take: (message: Message) => void,
  log: Logger,
): (message: unknown) => void {
  return (message) => {
    if ((message as Message).server !== server) return;
    try {
      take(message as Message);
    } catch (error) {
      log.error({ type: (error as Error).name }, 'logging failed');
    }
  };
}

/** The fields that identify a connection. Not the device id, which is a secret. */
function of({ id, transport, user }: ServerConnection): object {
  return { connection: id, transport, user: user && String(user.userId), terminal: user?.terminal };
}

/** Why something failed. Texts of errors may contain what a peer or the application wrote, and paths the keys of a map. */
function why(error: unknown): object {
  if (error === undefined) return {};
  if (!isProtocolError(error)) return { error: error instanceof Error ? error.name : typeof error };
  const { code, offset, limit, actual } = error;
  return { code, offset, limit, actual };
}

function rounded(ms = 0): number {
  return Math.round(ms * 10) / 10;
}
