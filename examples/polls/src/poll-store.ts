// The polls of the application, in memory. Uses generated messages, and no connections.
import { ProtocolError, type UserInfo } from '@im/protocol';
import { type OpenPoll, Poll, type PollInit, type Vote } from './generated/models.js';

/** Errors of the application: numbers from 1000 on. */
export const NO_SUCH_POLL = 1000;
export const POLL_IS_OVER = 1001;

export class PollStore {
  readonly #polls = new Map<bigint, Poll>();
  /** The choices of each user, by poll. */
  readonly #voted = new Map<bigint, Map<bigint, readonly string[]>>();

  open({ question, choices, maxChoices, closesAt }: OpenPoll, owner: UserInfo): Poll {
    const poll: PollInit = {
      pollId: BigInt(this.#polls.size + 1),
      owner,
      question,
      choices,
      maxChoices,
      openedAt: timestamp(Date.now()),
      // A oneof: the name of the member and its value.
      end: closesAt === undefined ? { $case: 'never', value: {} } : { $case: 'closesAt', value: closesAt },
    };
    // Fills in the missing fields: `votes` becomes an empty Map.
    const whole = Poll.create(poll);
    this.#polls.set(whole.pollId, whole);
    this.#voted.set(whole.pollId, new Map());
    return whole;
  }

  /** @throws ProtocolError for an invalid vote. It becomes the reply to the client. */
  vote({ pollId, choices }: Vote, userId: bigint): Poll {
    const poll = this.#polls.get(pollId);
    const voted = this.#voted.get(pollId);
    if (poll === undefined || voted === undefined) throw new ProtocolError(NO_SUCH_POLL, `there is no poll ${pollId}`);
    if (isOver(poll)) throw new ProtocolError(POLL_IS_OVER, `poll ${pollId} is over`);
    const most = poll.maxChoices ?? 1;
    if (choices.length > most) throw new ProtocolError('INVALID_MESSAGE', `got ${choices.length} choices, limit ${most}`);
    if (choices.some((choice) => !poll.choices.includes(choice))) throw new ProtocolError('INVALID_MESSAGE', 'no such choice');
    voted.set(userId, choices);
    const all = [...voted.values()].flat();
    poll.votes = new Map(poll.choices.map((choice) => [choice, all.filter((one) => one === choice).length]));
    return poll;
  }

  /** Open polls, newest first. */
  list(): Poll[] {
    return [...this.#polls.values()].filter((poll) => !isOver(poll)).reverse();
  }
}

function isOver({ end }: Poll): boolean {
  return end?.$case === 'closesAt' && Number(end.value.seconds) * 1000 <= Date.now();
}

/** A google.protobuf.Timestamp. */
export function timestamp(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
