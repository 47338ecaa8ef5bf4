// A server in a process whose callbacks all fail, with nobody to hear of it but stderr.
import { listen } from '../../../src/node/index.js';

const throws = (): never => {
  throw new Error('thrown');
};
const rejects = async (): Promise<never> => {
  throw new Error('rejected');
};

const server = await listen({
  host: '127.0.0.1',
  login: ({ accessToken }) => (accessToken === 'bad' ? rejects() : { userId: BigInt(accessToken), terminal: 1 }),
  message: ({ cmd }) => (cmd === 1001 ? throws() : cmd === 1002 ? rejects() : { cmd }),
  onLogin: rejects as never,
  onClose: throws,
  onNotice: rejects as never,
  trace: rejects as never,
  http: rejects,
});
console.log(server.port);
