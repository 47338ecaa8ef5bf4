import { describe, expect, test } from 'vitest';
import { isProtocolError, type ProtocolError } from '../../src/errors.js';
import { fromJSON, toJSON } from '../../src/json/index.js';
import { type AnswerOptions, answerHello, checkReject, checkWelcome } from '../../src/negotiate/index.js';
import { figuresOf } from './expected.js';
import { type ExpectedError, type Vector, vectorsOf } from './load.js';

type Negotiation = NonNullable<Vector['negotiate']>;
type Check = NonNullable<Vector['check']>;
const vectors = [...vectorsOf('handshake'), ...vectorsOf('version-2/handshake')];

describe('the answer to a Hello', () => {
  test.each(vectors.filter((v) => v.negotiate))('$name', ({ negotiate }) => {
    const { hello, server, welcome, reject } = negotiate as Negotiation;
    const options = { ...server, serverTimeMs: BigInt(server.serverTimeMs as string) } as unknown as AnswerOptions;
    const answer = answerHello(fromJSON('Hello', hello), options);
    if (welcome) expect(answer.welcome && toJSON('Welcome', answer.welcome)).toEqual(welcome);
    // What the vector does not name is free: the text, and what else may help.
    else expect(answer.reject && toJSON('Reject', answer.reject)).toMatchObject(reject as object);
  });
});

describe('what the client makes of the answer', () => {
  test.each(vectors.filter((v) => v.check?.agreement))('$name is agreed on', ({ check }) => {
    const { hello, welcome, subprotocol, agreement } = check as Check;
    expect(checkWelcome(fromJSON('Hello', hello), fromJSON('Welcome', welcome), { subprotocol })).toMatchObject(
      agreement as object,
    );
  });

  test.each(vectors.filter((v) => v.check?.error))('$name is an error', ({ check }) => {
    const { error } = check as { error: ExpectedError };
    expect(figuresOf(errorOf(check as Check), error)).toEqual(error);
  });
});

function errorOf({ hello, welcome, reject, subprotocol }: Check): ProtocolError {
  const offered = fromJSON('Hello', hello);
  if (reject) return checkReject(offered, fromJSON('Reject', reject));
  try {
    checkWelcome(offered, fromJSON('Welcome', welcome), { subprotocol });
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  throw new Error('agreed');
}
