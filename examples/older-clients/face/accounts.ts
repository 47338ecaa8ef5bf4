// Login by name and password, and new tokens for old ones.
import type { Terminal, UserInfo } from '@im/protocol';
import { createTokens, createVerifier, type TokenOptions, type Tokens } from '../../chat/platform/tokens.js';
import type { OpenHandler, Routes } from './http-face.js';
import { terminalOf } from './older-form.js';
import { Params } from './params.js';
import { Refusal, ResultCode } from './results.js';

const REFRESH_LIFETIME_MS = 7 * 24 * 3_600_000;
const MAX_NAME_LENGTH = 20;
const MAX_PASSWORD_LENGTH = 20;

/** Who may log in, from the application's accounts. Undefined: wrong name or password. */
export type CheckPassword = (userName: string, password: string) => Promise<bigint | undefined>;

export interface AccountsOptions {
  /** The access tokens of the platform. */
  readonly tokens: Tokens;
  readonly checkPassword: CheckPassword;
  readonly nowMs?: TokenOptions['nowMs'];
}

export async function createAccountRoutes({ tokens, checkPassword, nowMs }: AccountsOptions): Promise<Routes<OpenHandler>> {
  // Another key: an access token does not refresh itself.
  const refreshTokens = await createTokens({ nowMs, lifetimeMs: REFRESH_LIFETIME_MS });
  const verifyRefresh = await createVerifier(refreshTokens.publicKey, { nowMs });
  const issue = async (user: UserInfo): Promise<object> => ({
    accessToken: await tokens.issue(user),
    accessTokenExpiresIn: tokens.lifetimeMs / 1000,
    refreshToken: await refreshTokens.issue(user),
    refreshTokenExpiresIn: refreshTokens.lifetimeMs / 1000,
  });
  return {
    'POST /login': async ({ body }) => {
      const params = Params.ofBody(body);
      const terminal = terminalParam(params);
      const userId = await checkPassword(params.text('userName', MAX_NAME_LENGTH), params.text('password', MAX_PASSWORD_LENGTH));
      if (userId === undefined) throw new Refusal(ResultCode.WRONG_PASSWORD, '用户名或密码不正确');
      return issue({ userId, terminal });
    },
    'PUT /refreshToken': async ({ header }) => issue(await refreshed(header('refreshtoken'), verifyRefresh)),
  };
}

/** As the older platform: the client goes to its login page. Not INVALID_TOKEN, for which it would refresh again. */
async function refreshed(token: string | undefined, verify: (token: string) => Promise<UserInfo>): Promise<UserInfo> {
  try {
    return await verify(token ?? '');
  } catch {
    throw new Refusal(ResultCode.FAILED, 'refreshToken无效或已过期');
  }
}

function terminalParam(params: Params): Terminal {
  const terminal = terminalOf(params.integer('terminal', 0, 99));
  if (terminal === undefined) throw new Refusal(ResultCode.FAILED, 'terminal: unknown');
  return terminal;
}
