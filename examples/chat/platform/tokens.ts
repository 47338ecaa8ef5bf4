// Access tokens: JWTs that the platform signs and the IM servers check.
import { ProtocolError, type Terminal, type UserInfo } from '@im/protocol';
import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'EdDSA';
const ISSUER = 'chat-demo';

export interface Tokens {
  /** The key to verify tokens. It cannot issue tokens. */
  readonly publicKey: JWK;
  /** A token that lets a user log in on one kind of terminal. */
  issue(user: UserInfo): Promise<string>;
}

/** Creates a new key pair. */
export async function createTokens(): Promise<Tokens> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  return {
    publicKey: await exportJWK(publicKey),
    issue: ({ userId, terminal }) =>
      // The id is a text: a JSON number would be rounded beyond 2^53.
      new SignJWT({ terminal })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setSubject(String(userId))
        .setExpirationTime('10 minutes')
        .sign(privateKey),
  };
}

/**
 * Verifies tokens, and returns their user.
 * @throws ProtocolError, from the returned function: UNAUTHENTICATED for a token that is forged, expired or issued by another issuer.
 */
export async function createVerifier(publicKey: JWK): Promise<(token: string) => Promise<UserInfo>> {
  const key = await importJWK(publicKey, ALGORITHM);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: ISSUER,
        algorithms: [ALGORITHM],
        requiredClaims: ['sub', 'exp'],
      });
      return { userId: BigInt(payload.sub!), terminal: payload.terminal as Terminal };
    } catch (cause) {
      throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid', { cause });
    }
  };
}
