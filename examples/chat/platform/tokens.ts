// Access tokens: JWTs that the platform signs and the IM servers check.
import { ProtocolError, type Terminal, type UserInfo } from '@im/protocol';
import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'EdDSA';
const ISSUER = 'chat-demo';
const DEFAULT_LIFETIME_MS = 600_000;

export interface TokenOptions {
  /** How long a token is valid, in milliseconds; whole seconds count. Default: 10 minutes. */
  readonly lifetimeMs?: number | undefined;
  /** Unix time in milliseconds. Default: the clock of the system. */
  readonly nowMs?: (() => number) | undefined;
}

export interface Tokens {
  readonly lifetimeMs: number;
  /** The key to verify tokens. It cannot issue tokens. */
  readonly publicKey: JWK;
  /** A token that lets a user log in on one kind of terminal. */
  issue(user: UserInfo): Promise<string>;
}

/** Creates a new key pair. */
export async function createTokens({ lifetimeMs = DEFAULT_LIFETIME_MS, nowMs = Date.now }: TokenOptions = {}): Promise<Tokens> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  return {
    lifetimeMs,
    publicKey: await exportJWK(publicKey),
    issue: ({ userId, terminal }) =>
      // The id is a text: a JSON number would be rounded beyond 2^53.
      new SignJWT({ terminal })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setSubject(String(userId))
        .setExpirationTime(Math.floor((nowMs() + lifetimeMs) / 1000))
        .sign(privateKey),
  };
}

/**
 * Verifies tokens, and returns their user.
 * @throws ProtocolError, from the returned function: UNAUTHENTICATED for a token that is forged, expired or issued by another issuer.
 */
export async function createVerifier(
  publicKey: JWK,
  { nowMs = Date.now }: Pick<TokenOptions, 'nowMs'> = {},
): Promise<(token: string) => Promise<UserInfo>> {
  const key = await importJWK(publicKey, ALGORITHM);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: ISSUER,
        algorithms: [ALGORITHM],
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(nowMs()),
      });
      return { userId: BigInt(payload.sub!), terminal: payload.terminal as Terminal };
    } catch (cause) {
      throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid', { cause });
    }
  };
}
