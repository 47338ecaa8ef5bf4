import { describe, expect, it } from 'vitest';
import { groupRef, privateRef, roomRef } from '../../src/conversation/index.js';
import {
  CallEndReason,
  CallRecord,
  CallSignal,
  type CallSignalInit,
  encodeFrame,
  type ProtocolError,
  type UserInfo,
} from '../../src/index.js';
import { MemoryRoutes, planCommand } from '../../src/rocketmq/index.js';
import { CallReferee, type CallRefereeOptions, type CallRuling } from '../../src/server/index.js';
import { Random } from '../fuzz/random.js';
import { SEED } from '../seed.js';

const { HANGUP, REJECTED, CANCELLED, TIMEOUT, UNREACHABLE, UNSUPPORTED, FAILED, ELSEWHERE } = CallEndReason;
const SERVER = 10;
const [ALICE, ALICE_PC, BOB, BOB_PC, CAROL, DAVE]: UserInfo[] = [
  { userId: 1n, terminal: 2 },
  { userId: 1n, terminal: 3 },
  { userId: 2n, terminal: 2 },
  { userId: 2n, terminal: 3 },
  { userId: 3n, terminal: 2 },
  { userId: 4n, terminal: 2 },
];
const PAIR = privateRef(1n, 2n);
const GROUP = groupRef(10n);
const MEMBERS = new Set([1n, 2n, 3n]);

type Action = NonNullable<CallSignalInit['action']>;
const invite = (more: object = {}): Action => ({ $case: 'invite', value: { video: true, ...more } });
const accept: Action = { $case: 'accept', value: {} };
const ringing: Action = { $case: 'ringing', value: {} };
const end = (reason: number): Action => ({ $case: 'end', value: { reason } });
const offer: Action = { $case: 'offer', value: { sdp: 'v=0' } };

function open(options: CallRefereeOptions = {}) {
  let nowMs = 1_700_000_000_000;
  const referee = new CallReferee({ clock: { nowMs: () => nowMs }, ...options });
  const steps = new Map<string, number>();
  const take = (sender: UserInfo, action: Action, rest: CallSignalInit = {}): CallRuling => {
    const key = `${rest.callId} ${sender.userId} ${sender.terminal}`;
    const step = (steps.get(key) ?? 0) + 1;
    steps.set(key, step);
    const signal = CallSignal.create({ callId: 'c', conversation: PAIR, sender, step, action, ...rest });
    return referee.take(signal, MEMBERS);
  };
  return {
    referee,
    take,
    pass(ms: number): CallRuling[] {
      nowMs += ms;
      return referee.tick();
    },
  };
}

/** Who gets what: the step, by whom it is signed, its receivers and their terminals. */
function sent({ commands }: CallRuling): unknown[] {
  return commands.map(({ data, receiverIds, receiverTerminals, sender }) => {
    if (data?.$case !== 'call') throw new Error('no CALL');
    const { action, sender: signer } = data.value;
    const what = action?.$case === 'end' ? `end ${action.value.reason}` : action?.$case;
    const by =
      signer?.terminal === SERVER
        ? `platform for ${sender?.terminal === SERVER ? 'all' : `${sender?.userId}/${sender?.terminal}`}`
        : 'client';
    return [what, by, [...receiverIds], ...(receiverTerminals ?? [])];
  });
}

const codeOf = ({ refusal }: CallRuling): ProtocolError['code'] | undefined => refusal?.code;

describe('a private call', () => {
  it('rings, is accepted by one terminal, and ends with a record', () => {
    const { take, pass } = open();
    expect(sent(take(ALICE, invite()))).toEqual([['invite', 'client', [2n]]]);
    expect(sent(take(BOB, ringing))).toEqual([['ringing', 'client', [1n]]]);
    expect(sent(take(BOB, accept))).toEqual([
      ['accept', 'client', [1n]],
      [`end ${ELSEWHERE}`, 'platform for 2/2', [2n]],
    ]);
    const late = take(BOB_PC, accept);
    expect([late.refusal?.message, late.commands]).toEqual(['[TOO_LATE] another terminal of the user is in the call', []]);
    expect(codeOf(take(BOB_PC, end(HANGUP)))).toBe('TOO_LATE');
    expect(codeOf(take(ALICE_PC, end(HANGUP)))).toBe('TOO_LATE');
    // SDP goes to the terminals that are in the call.
    expect(sent(take(ALICE, offer))).toEqual([['offer', 'client', [2n], 2]]);
    expect(sent(take(BOB, { $case: 'answer', value: { sdp: 'v=0' } }))).toEqual([['answer', 'client', [1n], 2]]);
    expect(pass(61_000)).toEqual([]);
    const last = take(BOB, end(HANGUP));
    expect(sent(last)).toEqual([[`end ${HANGUP}`, 'client', [1n]]]);
    expect(last.ended).toEqual({
      conversation: PAIR,
      caller: ALICE,
      record: { callId: 'c', video: true, answered: true, durationMs: 61_000, reason: HANGUP },
    });
    const { data } = last.commands[0];
    expect(data?.$case === 'call' && data.value.action).toMatchObject({ value: { durationMs: 61_000 } });
    expect(codeOf(take(ALICE, end(HANGUP)))).toBe('TOO_LATE');
  });

  it('is declined for all terminals of the callee', () => {
    const { take } = open();
    take(ALICE, invite());
    const declined = take(BOB_PC, end(REJECTED));
    expect(sent(declined)).toEqual([
      [`end ${REJECTED}`, 'client', [1n]],
      [`end ${ELSEWHERE}`, 'platform for 2/3', [2n]],
    ]);
    expect(declined.ended?.record).toEqual({ callId: 'c', video: true, answered: false, durationMs: 0, reason: REJECTED });
    expect(codeOf(take(BOB, accept))).toBe('TOO_LATE');
  });

  it('goes on if one terminal of the callee cannot take it', () => {
    const { take } = open();
    take(ALICE, invite());
    for (const reason of [UNSUPPORTED, FAILED]) expect(sent(take(BOB_PC, end(reason)))).toEqual([]);
    expect(codeOf(take(BOB, accept))).toBeUndefined();
  });

  it('is given up by the caller before anybody accepts', () => {
    const { take } = open();
    take(ALICE, invite());
    const given = take(ALICE, end(CANCELLED));
    expect([sent(given), given.ended?.record.answered]).toEqual([[[`end ${CANCELLED}`, 'client', [2n]]], false]);
    expect(codeOf(take(BOB, accept))).toBe('TOO_LATE');
  });

  it.each([
    [{}, 60_000],
    [{ lifetimeMs: 1000 }, 1000],
    [{ lifetimeMs: 300_000 }, 300_000],
  ])('of %j that nobody accepts ends in time', (more, lifetimeMs) => {
    const { take, pass } = open();
    take(ALICE, invite(more));
    expect(pass(lifetimeMs - 1)).toEqual([]);
    const [ruling, ...others] = pass(1);
    expect([sent(ruling), others]).toEqual([[[`end ${TIMEOUT}`, 'platform for all', [1n, 2n]]], []]);
    expect(ruling.ended?.record).toMatchObject({ answered: false, reason: TIMEOUT });
    expect([pass(1), codeOf(take(BOB, accept))]).toEqual([[], 'TOO_LATE']);
  });

  it('may be ended by the platform', () => {
    const { take, referee } = open();
    take(ALICE, invite());
    const ruling = referee.end('c', UNREACHABLE);
    expect([sent(ruling), ruling.ended?.record.reason]).toEqual([
      [[`end ${UNREACHABLE}`, 'platform for all', [1n, 2n]]],
      UNREACHABLE,
    ]);
    expect([referee.end('c', UNREACHABLE), referee.end('d', UNREACHABLE)]).toEqual(
      Array(2).fill({ refusal: undefined, commands: [], ended: undefined }),
    );
  });

  it('ends after the longest time', () => {
    const { take, pass } = open({ maxDurationMs: 5000 });
    take(ALICE, invite());
    take(BOB, accept);
    expect(pass(4999)).toEqual([]);
    expect(pass(1)[0].ended?.record).toEqual({ callId: 'c', video: true, answered: true, durationMs: 5000, reason: FAILED });
  });

  it('belongs to its conversation and its members', () => {
    const { take } = open();
    const refused = (sender: UserInfo, action: Action, rest?: CallSignalInit): unknown =>
      take(sender, action, rest).refusal?.message;
    expect(refused(BOB, accept)).toBe('[NOT_A_MEMBER] the user is not in the call');
    expect(refused(CAROL, invite())).toBe('[NOT_A_MEMBER] the user is not in the conversation');
    expect(refused(ALICE, invite(), { conversation: privateRef(1n, 1n) })).toBe('[INVALID_MESSAGE] a call needs another user');
    expect(refused(ALICE, invite(), { conversation: roomRef(7n) })).toBe(
      '[INVALID_MESSAGE] calls are in private conversations and groups',
    );
    expect(refused(ALICE, invite(), { conversation: { kind: undefined } })).toBe(
      '[INVALID_MESSAGE] calls are in private conversations and groups',
    );
    expect(refused({ userId: 1n, terminal: SERVER }, invite())).toBe('[PERMISSION_DENIED] only the platform takes this step');
    expect(refused(ALICE, { $case: 'members', value: {} })).toBe('[PERMISSION_DENIED] only the platform takes this step');
    expect(refused(ALICE, invite())).toBeUndefined();
    expect(refused(CAROL, accept)).toBe('[NOT_A_MEMBER] the user is not in the call');
    expect(refused(CAROL, invite(), { conversation: privateRef(1n, 3n) })).toBe('[NOT_A_MEMBER] the user is not in the call');
    expect(refused(BOB, accept, { conversation: privateRef(2n, 3n) })).toBe(
      '[PERMISSION_DENIED] the call belongs to another conversation',
    );
    expect(refused(BOB, offer, { target: CAROL })).toBe('[NOT_A_MEMBER] the target is not in the call');
    expect(refused(ALICE, invite())).toBe('[PERMISSION_DENIED] the call has begun');
  });

  it('answers a repeated step again, without sending it', () => {
    const { take } = open();
    take(ALICE, invite());
    expect(take(ALICE, invite(), { step: 1 })).toEqual({ refusal: undefined, commands: [], ended: undefined });
    take(BOB, accept);
    expect(take(BOB, accept, { step: 1 })).toEqual({ refusal: undefined, commands: [], ended: undefined });
  });

  it('sends a targeted step to its target alone', () => {
    const { take } = open();
    take(ALICE, invite());
    expect(sent(take(ALICE, offer, { target: BOB_PC }))).toEqual([['offer', 'client', [2n], 3]]);
    expect(sent(take(ALICE, offer))).toEqual([['offer', 'client', [2n]]]);
    take(BOB, accept);
    expect(codeOf(take(ALICE, offer, { target: BOB_PC }))).toBe('TOO_LATE');
    expect(sent(take(ALICE, offer, { target: BOB }))).toEqual([['offer', 'client', [2n], 2]]);
  });
});

describe('a group call', () => {
  const inGroup = { conversation: GROUP };

  it('has the members that were invited, who come and go', () => {
    const { take, pass } = open();
    expect(sent(take(ALICE, invite({ inviteeIds: [1n, 2n, 3n] }), inGroup))).toEqual([
      ['invite', 'client', [2n, 3n]],
      ['members', 'platform for all', [1n, 2n, 3n]],
    ]);
    expect(sent(take(BOB, accept, inGroup))).toEqual([
      ['accept', 'client', [1n]],
      [`end ${ELSEWHERE}`, 'platform for 2/2', [2n]],
      ['members', 'platform for all', [1n, 2n, 3n]],
    ]);
    expect(sent(take(ALICE, offer, inGroup))).toEqual([['offer', 'client', [2n], 2]]);
    const [missed] = pass(60_000);
    expect(sent(missed)).toEqual([
      [`end ${TIMEOUT}`, 'platform for all', [3n]],
      ['members', 'platform for all', [1n, 2n]],
    ]);
    const { data } = missed.commands[1];
    expect(data?.$case === 'call' && data.value.action?.value).toEqual({ invitedIds: [], joinedIds: [1n, 2n], missedIds: [3n] });
    expect(codeOf(take(CAROL, accept, inGroup))).toBe('TOO_LATE');
    // Bob calls Carol again.
    expect(sent(take(BOB, invite({ inviteeIds: [3n] }), inGroup))[0]).toEqual(['invite', 'client', [3n]]);
    expect(codeOf(take(CAROL, accept, inGroup))).toBeUndefined();
    expect(sent(take(ALICE, end(HANGUP), inGroup))).toEqual([
      [`end ${HANGUP}`, 'client', [2n, 3n]],
      ['members', 'platform for all', [2n, 3n]],
    ]);
    const last = take(CAROL, end(HANGUP), inGroup);
    expect(sent(last)).toEqual([
      [`end ${HANGUP}`, 'client', [2n]],
      [`end ${HANGUP}`, 'platform for all', [2n]],
    ]);
    expect(last.ended).toMatchObject({ caller: ALICE, record: { answered: true, durationMs: 60_000, reason: HANGUP } });
  });

  it('ends for all if the caller gives up, if all decline, and if nobody comes', () => {
    const given = open();
    given.take(ALICE, invite({ inviteeIds: [2n, 3n] }), inGroup);
    const cancelled = given.take(ALICE, end(CANCELLED), inGroup);
    expect([sent(cancelled), cancelled.ended?.record.reason]).toEqual([
      [[`end ${CANCELLED}`, 'platform for all', [2n, 3n]]],
      CANCELLED,
    ]);
    const declined = open();
    declined.take(ALICE, invite({ inviteeIds: [2n, 3n] }), inGroup);
    expect(declined.take(BOB, end(REJECTED), inGroup).ended).toBeUndefined();
    expect(declined.take(CAROL, end(REJECTED), inGroup).ended?.record).toMatchObject({ answered: false, reason: REJECTED });
    const silent = open();
    silent.take(ALICE, invite({ inviteeIds: [2n, 3n] }), inGroup);
    expect(silent.pass(60_000)[0].ended?.record).toMatchObject({ answered: false, reason: TIMEOUT });
  });

  it('is for members of the group, and not for too many', () => {
    const { take } = open({ maxMembers: 2 });
    const refused = (sender: UserInfo, inviteeIds: bigint[], callId = 'c'): unknown =>
      take(sender, invite({ inviteeIds }), { ...inGroup, callId }).refusal?.message;
    expect(refused(DAVE, [1n])).toBe('[NOT_A_MEMBER] the user is not in the conversation');
    expect(refused(ALICE, [2n, 4n])).toBe('[NOT_A_MEMBER] a user to call is not in the group');
    expect(refused(ALICE, [1n])).toBe('[INVALID_MESSAGE] a call needs another user');
    expect(refused(ALICE, [2n, 3n])).toBe('[QUOTA_EXCEEDED] 3 users are in the call, limit 2');
    expect(refused(ALICE, [2n])).toBeUndefined();
    expect(refused(ALICE, [3n])).toBe('[QUOTA_EXCEEDED] 3 users are in the call, limit 2');
    expect(take(BOB, invite({ inviteeIds: [1n] }), inGroup).refusal?.message).toBe('[PERMISSION_DENIED] the call has begun');
  });
});

describe('limits', () => {
  it('bound the calls of a user and of all, until a minute after their end', () => {
    const { take, pass, referee } = open({ maxCallsOfUser: 2, maxCalls: 3 });
    const refused = (sender: UserInfo, callId: string): unknown => take(sender, invite(), { callId }).refusal?.message;
    expect([refused(ALICE, 'a'), refused(ALICE, 'b')]).toEqual([undefined, undefined]);
    expect(refused(ALICE, 'c')).toBe('[RATE_LIMITED] 3 calls of the user within a minute, limit 2');
    expect([refused(BOB, 'd'), refused(BOB, 'e')]).toEqual([undefined, '[RATE_LIMITED] 4 calls are open, limit 3']);
    referee.end('a', HANGUP);
    pass(59_999);
    expect([referee.size, refused(ALICE, 'f')]).toEqual([3, '[RATE_LIMITED] 3 calls of the user within a minute, limit 2']);
    pass(1);
    expect([referee.size, refused(ALICE, 'f')]).toEqual([3 - 1, undefined]);
    pass(60_000);
    pass(60_000);
    pass(60_000);
    expect(referee.size).toBe(0);
  });

  it('are checked', () => {
    for (const options of [
      { maxCalls: 0 },
      { maxCallsOfUser: 0 },
      { maxMembers: 1 },
      { maxMembers: 1001 },
      { maxDurationMs: -1 },
    ])
      expect(() => new CallReferee(options)).toThrow(RangeError);
  });
});

/** What a private call is, as simply as it can be said. */
interface Model {
  state: 'none' | 'ringing' | 'answered' | 'ended';
  callee?: UserInfo;
}

it(`private calls follow a simple model, whatever the order of the steps (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const routes = new MemoryRoutes();
  for (const { userId, terminal } of [ALICE, ALICE_PC, BOB, BOB_PC, CAROL]) await routes.set(userId, terminal, 'a', 2);
  for (let run = 0; run < 2000; run++) {
    const { take, referee } = open();
    const model: Model = { state: 'none' };
    let ends = 0;
    let ownStep = 0;
    for (let i = 0; i < 12; i++) {
      const sender = random.pick([ALICE, ALICE, ALICE_PC, BOB, BOB, BOB_PC, CAROL]);
      // Another user's invite would start another call.
      const isOfOther = model.state === 'none' && sender !== ALICE;
      const action = random.pick([...(isOfOther ? [] : [invite()]), accept, accept, ringing, offer, end(REJECTED), end(HANGUP)]);
      const expected = judge(model, sender, action);
      const ruling = take(sender, action);
      expect([codeOf(ruling), action.$case, model.state]).toEqual([expected, action.$case, model.state]);
      if (ruling.ended !== undefined) {
        ends += 1;
        CallRecord.encode(ruling.ended.record);
      }
      for (const command of ruling.commands) {
        // Steps reach the two users alone, and each is a message that a server can push.
        expect([1n, 2n]).toEqual(expect.arrayContaining([...command.receiverIds]));
        const { receiveInfos } = await planCommand(command, routes);
        for (const { receiveInfo } of receiveInfos) {
          encodeFrame('ReceiveInfo', receiveInfo);
          for (const { terminal, userIds } of receiveInfo.receivers ?? []) {
            // The sending terminal does not get its own step, nor its ELSEWHERE.
            expect(userIds?.includes(sender.userId) && terminal === sender.terminal).toBe(false);
          }
        }
        const signal = command.data?.$case === 'call' ? command.data.value : undefined;
        if (signal?.sender?.terminal !== SERVER) continue;
        ownStep += 1;
        expect([signal.sender.userId, signal.step]).toEqual([1n, ownStep]);
      }
    }
    expect(ends).toBe(model.state === 'ended' ? 1 : 0);
    if (model.state === 'ringing' || model.state === 'answered') expect(referee.end('c', FAILED).ended).toBeDefined();
  }
});

/** The refusal that the model expects of a step. Changes the model. */
function judge(model: Model, sender: UserInfo, { $case }: Action): string | undefined {
  const isCaller = sender.userId === 1n;
  if (sender.userId === 3n) return 'NOT_A_MEMBER';
  if (model.state === 'none') {
    if ($case !== 'invite') return 'NOT_A_MEMBER';
    model.state = 'ringing';
    return undefined;
  }
  if (model.state === 'ended') return 'TOO_LATE';
  const own = isCaller ? ALICE : model.callee;
  if (own !== undefined && own !== sender) return 'TOO_LATE';
  if ($case === 'invite') return 'PERMISSION_DENIED';
  if ($case === 'accept' && !isCaller && model.state === 'ringing') {
    model.state = 'answered';
    model.callee = sender;
  }
  if ($case === 'end') model.state = 'ended';
  return undefined;
}
