import type { Application } from '../platform/application.js';
import { serverName, type Trace } from '../show/trace.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { Ledger } from './ledger.js';

/** The platform from the view of a server: shows the calls, and records users who leave in the ledger. */
export function watchedApplication(
  application: Application,
  server: string,
  directory: Directory,
  ledger: Ledger,
  trace: Trace,
): Application {
  const call = (what: string, text: string): void => trace.event(server, 'platform', what, text);
  return {
    message(data) {
      call('call message', data.value.content!.clientMessageId);
      return application.message(data);
    },
    loggedIn(user, deviceId, serverId) {
      call('call loggedIn', `${directory.place(user)} is on ${serverName(serverId)}`);
      return application.loggedIn(user, deviceId, serverId);
    },
    async loggedOut(user, serverId) {
      call('call loggedOut', `${directory.place(user)} has left ${serverName(serverId)}`);
      await application.loggedOut(user, serverId);
      ledger.saw(facts.left(directory.place(user), serverName(serverId)));
    },
  };
}
