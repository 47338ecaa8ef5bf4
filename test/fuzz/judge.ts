// The verdict on one case: bytes that we, both peers and the plain reading of the specification have decoded or refused.
import { isProtocolError, type ProtocolError } from '../../src/errors.js';
import { difference } from './difference.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { type Message, PEERS } from './peers.js';
import { REASONS, type Reason, type ReasonName, reasonOf } from './reasons.js';
import { refusal } from './reference.js';
import type { MaxItems, Subject } from './subject.js';

/** How a case went: what it counts as, or what is wrong. */
export type Verdict = { readonly failure: string } | { readonly outcome: string; readonly known: readonly string[] };

/** The result of a decoder: a message, or the text of its error. */
type Result = { readonly message: Message } | { readonly refused: string };

export function judge(subject: Subject, bytes: Uint8Array, maxItems: MaxItems): Verdict {
  let ours: { readonly message: Message } | { readonly error: ProtocolError };
  try {
    ours = { message: subject.codec.decode(bytes) as Message };
  } catch (error) {
    if (!isProtocolError(error)) return { failure: `we throw ${error}` };
    ours = { error };
    if (!(error.offset !== undefined && error.offset >= 0 && error.offset <= bytes.length)) {
      return { failure: `the offset ${error.offset} lies outside of the bytes: ${error.message}` };
    }
  }
  const peers = PEERS.map((peer): Result => {
    try {
      return { message: peer.decode(subject, bytes) };
    } catch (error) {
      return { refused: String(error) };
    }
  });
  const due = refusal(subject.codec.generated.table, bytes, maxItems);
  return 'error' in ours ? judgeRefusal(subject, ours.error, due, peers) : judgeMessage(subject, ours.message, due, peers);
}

function judgeRefusal({ codec }: Subject, error: ProtocolError, due: ReasonName | undefined, peers: readonly Result[]): Verdict {
  const text = error.message;
  const name = reasonOf(error, codec.typeName);
  if (name === undefined) return { failure: `we refuse for a reason that is not on the list: ${text}` };
  if (due === undefined) return { failure: `we refuse what the specification takes: ${text}` };
  if (due !== name) return { failure: `we refuse for ${name}, the specification for ${due}: ${text}` };
  const reason: Reason = REASONS[name];
  if (reason.stricter === undefined && peers.every((peer) => 'message' in peer)) {
    return { failure: `both peers take what we refuse: ${text}` };
  }
  return { outcome: `refused: ${name}`, known: [] };
}

function judgeMessage(subject: Subject, message: Message, due: ReasonName | undefined, peers: readonly Result[]): Verdict {
  if (due !== undefined) return { failure: `we take what the specification refuses: ${due}` };
  const known: string[] = [];
  for (const [i, result] of peers.entries()) {
    const found = 'refused' in result ? result.refused : differs(subject, message, result.message);
    if (found === undefined) continue;
    const difference = KNOWN_DIFFERENCES.find(({ peer, shows }) => peer === PEERS[i].name && shows.test(found));
    if (!difference) return { failure: `${PEERS[i].name}: ${found}` };
    known.push(`${difference.peer}: ${difference.reason}`);
  }
  // Both refuse, each for a reason of its own that we know: nobody is left to compare with.
  if (known.length === peers.length) return { outcome: 'taken by us alone', known };
  return { outcome: 'same values', known };
}

function differs({ codec }: Subject, ours: Message, theirs: Message): string | undefined {
  const path = difference(codec.generated.table, ours, theirs);
  return path === undefined ? undefined : `other value of ${path}`;
}
