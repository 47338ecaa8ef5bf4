// The state of one call, as the referee keeps it.
import type { ConversationRef } from '../../../generated/im/protocol/v1/conversation_ref.js';
import type { UserInfo } from '../../../generated/im/protocol/v1/user_info.js';

const LONGEST_UINT32 = 0xffff_ffff;

/** A user who is or was in a call. */
export interface Member {
  readonly userId: bigint;
  /** `missed`: not accepted in time. `left`: declined or hung up. */
  state: 'invited' | 'joined' | 'missed' | 'left';
  /** Of the user who has joined: the terminal that is in the call. */
  terminal: number;
  /** Until when it rings: Unix time in milliseconds. */
  deadlineMs: number;
}

/** A call, from its invite until some time after its end. */
export class Call {
  readonly members = new Map<bigint, Member>();
  /** The last step of each terminal. */
  readonly #steps = new Map<string, number>();
  /** Steps of the platform. */
  #ownSteps = 0;
  /** When the first user accepted: Unix time in milliseconds. */
  answeredAtMs: number | undefined;
  /** When it ended. */
  endedAtMs: number | undefined;

  constructor(
    readonly id: string,
    readonly conversation: ConversationRef,
    /** The conversation as text. */
    readonly key: string,
    readonly caller: UserInfo,
    readonly isGroup: boolean,
    readonly video: boolean,
    readonly startedAtMs: number,
  ) {
    this.members.set(caller.userId, { ...caller, state: 'joined', deadlineMs: Number.POSITIVE_INFINITY });
  }

  invite(userId: bigint, deadlineMs: number): void {
    this.members.set(userId, { userId, state: 'invited', terminal: 0, deadlineMs });
  }

  in(state: Member['state']): Member[] {
    return [...this.members.values()].filter((member) => member.state === state);
  }

  /** Whether the step of a terminal was taken before. */
  isRepeated({ userId, terminal }: UserInfo, step: number): boolean {
    return step <= (this.#steps.get(`${userId}/${terminal}`) ?? 0);
  }

  took({ userId, terminal }: UserInfo, step: number): void {
    this.#steps.set(`${userId}/${terminal}`, step);
  }

  /** How long the call has lasted, in milliseconds; 0 if nobody has accepted. */
  durationMs(nowMs: number): number {
    const { answeredAtMs } = this;
    return answeredAtMs === undefined ? 0 : Math.min(LONGEST_UINT32, Math.max(0, Math.round(nowMs - answeredAtMs)));
  }

  nextOwnStep(): number {
    this.#ownSteps += 1;
    return this.#ownSteps;
  }
}

export function idsOf(members: readonly Member[]): bigint[] {
  return members.map(({ userId }) => userId);
}
