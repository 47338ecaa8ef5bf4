import { describe, expect, it } from 'vitest';
import { shorten } from '../../examples/chat/show/shorten.js';
import type { Conversation, Step } from '../../examples/chat/story/conversation.js';
import { Expectations } from '../../examples/chat/story/expectations.js';
import { Ledger } from '../../examples/chat/story/ledger.js';

describe('Ledger', () => {
  it('has no problems when everything happened as often as expected', async () => {
    const ledger = new Ledger();
    ledger.expect('delivery: a');
    ledger.expect('delivery: b');
    ledger.expect('delivery: b');
    for (const fact of ['delivery: b', 'delivery: a', 'delivery: b']) ledger.saw(fact);
    expect(ledger.problems).toEqual([]);
    expect(ledger.totals).toEqual(new Map([['delivery', { expected: 3, seen: 3 }]]));
  });

  it('names what is missing', () => {
    const ledger = new Ledger();
    ledger.expect('delivery: a');
    expect(ledger.problems).toEqual(['missing (expected 1, seen 0): delivery: a']);
  });

  it('names what happened once too often', () => {
    const ledger = new Ledger();
    ledger.expect('delivery: a');
    ledger.saw('delivery: a');
    ledger.saw('delivery: a');
    expect(ledger.problems).toEqual(['too much (expected 1, seen 2): delivery: a']);
  });

  it('names what nobody expected, and does not set it off against what is missing', () => {
    const ledger = new Ledger();
    ledger.expect('delivery: to bob');
    ledger.saw('delivery: to chen');
    expect(ledger.problems).toEqual([
      'missing (expected 1, seen 0): delivery: to bob',
      'too much (expected 0, seen 1): delivery: to chen',
    ]);
    expect(ledger.totals).toEqual(new Map([['delivery', { expected: 1, seen: 1 }]]));
  });

  it('settles as soon as nothing is missing', async () => {
    const ledger = new Ledger();
    ledger.expect('end: a');
    const settled = ledger.settled(60_000);
    ledger.saw('end: a');
    expect(await settled).toBe(true);
    expect(ledger.problems).toEqual([]);
  });

  it('settles at the end of its time, with the problem left', async () => {
    const ledger = new Ledger();
    ledger.expect('end: a');
    expect(await ledger.settled(1)).toBe(false);
    expect(ledger.problems).toEqual(['missing (expected 1, seen 0): end: a']);
  });
});

const CONVERSATION: Conversation = {
  users: { ann: '1', ben: '2', eve: '3' },
  groups: { team: { groupId: '9', members: ['ann', 'ben', 'eve'] } },
  devices: {
    'ann-pc': { user: 'ann', terminal: 'PC', deviceId: 'a1', transport: 'tcp', server: 1 },
    'ann-app': { user: 'ann', terminal: 'APP', deviceId: 'a2', transport: 'ws', server: 2 },
    'ann-app-2': { user: 'ann', terminal: 'APP', deviceId: 'a3', transport: 'ws', server: 1 },
    'ben-web': { user: 'ben', terminal: 'WEB', deviceId: 'b1', transport: 'ws', server: 2 },
    'ben-web-2': { user: 'ben', terminal: 'WEB', deviceId: 'b1', transport: 'ws', server: 2 },
  },
  timeline: [],
};
const CONTENT = { clientMessageId: 'm1', text: { text: 'hi' } };

function factsAfter(before: readonly Step[], step: Step): string[] {
  const expectations = new Expectations(CONVERSATION);
  for (const earlier of before) expectations.of(earlier);
  return expectations.of(step).sort();
}

const ONLINE: readonly Step[] = [
  { do: 'login', device: 'ann-pc' },
  { do: 'login', device: 'ann-app' },
  { do: 'login', device: 'ben-web' },
];

describe('Expectations', () => {
  it('has a private message arrive at the receiver and at the other terminals of the sender', () => {
    expect(factsAfter(ONLINE, { do: 'send', from: 'ann-pc', to: 'ben', content: CONTENT })).toEqual([
      'delivery: ann-app gets from ann@PC to ben {"clientMessageId":"m1","text":{"text":"hi"}}',
      'delivery: ben-web gets from ann@PC to ben {"clientMessageId":"m1","text":{"text":"hi"}}',
      'reply: ann-pc gets SUCCESS for m1',
      'result: the platform gets SUCCESS of m1 for ben@WEB',
    ]);
  });

  it('has no copy with skipSelf, and no result with skipResult', () => {
    const step: Step = { do: 'send', from: 'ann-pc', to: 'ben', skipSelf: true, skipResult: true, content: CONTENT };
    expect(factsAfter(ONLINE, step)).toEqual([
      'delivery: ben-web gets from ann@PC to ben {"clientMessageId":"m1","text":{"text":"hi"}}',
      'reply: ann-pc gets SUCCESS for m1',
    ]);
  });

  it('has a group message arrive at every member that is online, and NOT_ONLINE for the others', () => {
    expect(factsAfter(ONLINE, { do: 'send', from: 'ben-web', to: 'team', content: CONTENT })).toEqual([
      'delivery: ann-app gets from ben@WEB to team {"clientMessageId":"m1","text":{"text":"hi"}}',
      'delivery: ann-pc gets from ben@WEB to team {"clientMessageId":"m1","text":{"text":"hi"}}',
      'reply: ben-web gets SUCCESS for m1',
      'result: the platform gets NOT_ONLINE of m1 for eve@APP',
      'result: the platform gets NOT_ONLINE of m1 for eve@PC',
      'result: the platform gets NOT_ONLINE of m1 for eve@WEB',
      'result: the platform gets SUCCESS of m1 for ann@APP',
      'result: the platform gets SUCCESS of m1 for ann@PC',
    ]);
  });

  it('has NOT_ONLINE for each terminal that is asked for and is not there', () => {
    const step: Step = { do: 'send', from: 'ann-pc', to: 'ben', terminals: ['WEB', 'PC'], skipSelf: true, content: CONTENT };
    expect(factsAfter(ONLINE, step)).toEqual([
      'delivery: ben-web gets from ann@PC to ben {"clientMessageId":"m1","text":{"text":"hi"}}',
      'reply: ann-pc gets SUCCESS for m1',
      'result: the platform gets NOT_ONLINE of m1 for ben@PC',
      'result: the platform gets SUCCESS of m1 for ben@WEB',
    ]);
  });

  it('has a second login force the first out, by way of the platform between two servers', () => {
    expect(factsAfter(ONLINE, { do: 'login', device: 'ann-app-2' })).toEqual([
      'end: ann-app has its connection ended, FORCED_LOGOUT',
      'forced logout: ann-app gets FORCE_LOGOUT',
      'login: ann-app-2 is logged in',
      'refusal: im-2 logs FORCED_LOGOUT',
      'result: the platform gets SUCCESS of FORCE_LOGOUT for ann@APP',
      'route: the platform learns that ann@APP has left im-2',
    ]);
  });

  it('has a device that connects anew replace its old connection without FORCE_LOGOUT', () => {
    expect(factsAfter(ONLINE, { do: 'login', device: 'ben-web-2' })).toEqual([
      'end: ben-web has its connection ended, REPLACED',
      'login: ben-web-2 is logged in',
      'refusal: im-2 logs REPLACED',
    ]);
  });
});

describe('shorten', () => {
  it('keeps a text that fits', () => {
    expect(shorten('北门', 4)).toBe('北门');
  });

  it('counts two columns for wide characters, and cuts no emoji in two', () => {
    expect(shorten('a👨‍👩‍👧‍👦b', 3)).toBe('a👨‍👩‍👧‍👦…');
    expect(shorten('a👨‍👩‍👧‍👦b', 2)).toBe('a…');
  });

  it('leaves a terminal no control character to obey', () => {
    expect(shorten('a\x1b[2Jb\r\nc\u202ed', 20)).toBe('a [2Jb  c d');
  });
});
