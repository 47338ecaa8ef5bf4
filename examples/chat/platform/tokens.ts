// Access tokens: JWTs that the platform signs and the IM servers check.
import { ProtocolError, type Terminal, type UserInfo } from '@im/protocol';
import { generateKeyPair, jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'EdDSA';
const ISSUER = 'chat-demo';

export interface Tokens {
  /** A token that lets a user log in on one kind of terminal. */
  issue(user: UserInfo): Promise<string>;
  /** @throws ProtocolError UNAUTHENTICATED for a token that is forged, expired or somebody else's. */
  verify(token: string): Promise<UserInfo>;
}

/** With a key of its own, that nothing else knows. */
export async function createTokens(): Promise<Tokens> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  return {
    issue: ({ userId, terminal }) =>
      // The id is a text: a JSON number would be rounded beyond 2^53.
      new SignJWT({ terminal })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setSubject(String(userId))
        .setExpirationTime('10 minutes')
        .sign(privateKey),
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          issuer: ISSUER,
          algorithms: [ALGORITHM],
          requiredClaims: ['sub', 'exp'],
        });
        return { userId: BigInt(payload.sub!), terminal: payload.terminal as Terminal };
      } catch (cause) {
        throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid', { cause });
      }
    },
  };
}
