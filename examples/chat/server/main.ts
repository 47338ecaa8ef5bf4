// The process of an IM server: all that it needs of others it calls over the channel to its parent.
import type { JWK } from 'jose';
import { createVerifier } from '../platform/tokens.js';
import { Calls } from '../process/calls.js';
import { ImServer } from './im-server.js';

let server: ImServer;

const calls = new Calls(process, {
  async start({ id, port, tokenKey }: { id: number; port: number; tokenKey: JWK }) {
    server = await ImServer.start({
      id,
      port,
      verify: await createVerifier(tokenKey),
      application: {
        message: (data) => calls.call('message', data),
        loggedIn: (user, deviceId, serverId) => calls.call('loggedIn', user, deviceId, serverId),
        loggedOut: (user, serverId) => calls.call('loggedOut', user, serverId),
      },
      publish: (result, serviceName) => calls.call('publish', result, serviceName),
      onError: (error, user) => void calls.call('log', error.code, error.message, user),
    });
    return server.port;
  },
  consume: (frame: Uint8Array) => server.consume(frame),
  stop: () => server.close(),
});

// Without a parent there is no platform.
process.once('disconnect', () => process.exit());
