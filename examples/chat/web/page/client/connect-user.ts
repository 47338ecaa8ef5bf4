// Connects a user: a token from the server of the page, a device per tab, and a log of all frames.
import type { ClientSync } from '@im/protocol/sync';
import { type Client, type ConnectOptions, connect } from '@im/protocol/web';
import type { User } from '../../users.js';
import type { FrameLog } from '../frames/frame-log.js';
import { recordFrames } from '../frames/recorded-frame.js';

/** Connects, and reconnects until the server ends the session. */
export function connectUser(
  user: User,
  terminal: number,
  sync: ClientSync,
  frames: FrameLog,
  callbacks: Pick<ConnectOptions, 'onLogin' | 'onReconnect'>,
): Promise<Client> {
  return connect(`ws://${location.host}/`, {
    agent: 'chat-demo-web/2.0',
    login: async () => ({ accessToken: await fetchToken(user, terminal), deviceId: deviceId() }),
    resume: true,
    sync,
    reconnect: { maxMs: 5_000 },
    trace: (direction, bytes) => {
      for (const frame of recordFrames(direction, bytes)) frames.add(frame);
    },
    onError: (error, { callback }) => {
      // No token while the server is away: the banner says so.
      if (callback !== 'login') console.error(callback, error);
    },
    ...callbacks,
  });
}

async function fetchToken({ name }: User, terminal: number): Promise<string> {
  const response = await fetch(`/token?user=${name}&terminal=${terminal}`);
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.text();
}

/** A tab is a device: the same one after a reload. */
function deviceId(): string {
  const known = sessionStorage.getItem('device') ?? `tab-${crypto.randomUUID()}`;
  sessionStorage.setItem('device', known);
  return known;
}
