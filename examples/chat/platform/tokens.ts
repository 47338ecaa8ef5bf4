// Access tokens: JWTs that the platform signs and the IM servers check.
import { ProtocolError, type Terminal, type UserInfo } from '@im/protocol';
import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'EdDSA';
const ISSUER = 'chat-demo';

export interface Tokens {
  /** Who has it can check tokens, and not issue any. */
  readonly publicKey: JWK;
  /** A token that lets a user log in on one kind of terminal. */
  issue(user: UserInfo): Promise<string>;
}

/** With a key of its own, that nothing else knows. */
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
 * Checks tokens: returns whose they are.
 * @throws ProtocolError, from what is returned: UNAUTHENTICATED for a token that is forged, expired or somebody else's.
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
