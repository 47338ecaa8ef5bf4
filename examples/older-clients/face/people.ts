// Calls about users and groups.
import type { Services } from '../../chat/platform/services.js';
import type { Handler, Routes } from './http-face.js';
import { terminalNumber } from './older-form.js';

const MAX_USERS = 1000;

export function createPeopleRoutes({ presence }: Services): Routes<Handler> {
  return {
    /** Users who are offline are not listed, and those whom the user may not see neither. */
    'GET /user/terminal/online': async ({ user, query }) => {
      const userIds = new Set(query.ids('userIds', MAX_USERS).map(BigInt));
      const found = await Promise.all([...userIds].map((userId) => presence.seenBy(user.userId, userId)));
      return found
        .filter(({ terminals }) => terminals.length > 0)
        .map(({ userId, terminals }) => ({ userId: Number(userId), terminals: [...new Set(terminals.map(terminalNumber))] }));
    },
  };
}
