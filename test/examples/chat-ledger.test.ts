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

  it('waits for one fact', async () => {
    const ledger = new Ledger();
    ledger.expect('call: a');
    ledger.expect('call: b');
    const seen = ledger.seen('call: b');
    ledger.saw('call: b');
    await seen;
    expect(ledger.problems).toEqual(['missing (expected 1, seen 0): call: a']);
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
  users: { ann: '1', ben: '2', eve: '3', ada: '4' },
  groups: { team: { groupId: '9', members: ['ann', 'ben', 'eve'] }, advice: { groupId: '8', members: ['ann', 'eve', 'ada'] } },
  devices: {
    'ann-pc': { user: 'ann', terminal: 'PC', deviceId: 'a1', transport: 'tcp', server: 1 },
    'ann-app': { user: 'ann', terminal: 'APP', deviceId: 'a2', transport: 'ws', server: 2 },
    'ann-app-2': { user: 'ann', terminal: 'APP', deviceId: 'a3', transport: 'ws', server: 1 },
    'ben-web': { user: 'ben', terminal: 'WEB', deviceId: 'b1', transport: 'ws', server: 2 },
    'ben-web-2': { user: 'ben', terminal: 'WEB', deviceId: 'b1', transport: 'ws', server: 2 },
    'ben-app': { user: 'ben', terminal: 'APP', deviceId: 'b2', transport: 'ws', server: 1 },
    'eve-old': { user: 'eve', terminal: 'PC', deviceId: 'e1', transport: 'ws', server: 2, versions: [1] },
  },
  timeline: [],
};
const CONTENT = { clientMessageId: 'm1', text: { text: 'hi' } };
const HI = '{"clientMessageId":"m1","text":{"text":"hi"}}';

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
const WITH_EVE: readonly Step[] = [...ONLINE, { do: 'login', device: 'eve-old' }];
const SENT: Step = { do: 'send', from: 'ann-pc', to: 'team', skipResult: true, content: CONTENT };

describe('Expectations', () => {
  it('has a private message arrive at the receiver and at the other terminals of the sender', () => {
    expect(factsAfter(ONLINE, { do: 'send', from: 'ann-pc', to: 'ben', content: CONTENT })).toEqual([
      `delivery: ann-app gets from ann@PC to ben ${HI}`,
      `delivery: ben-web gets from ann@PC to ben ${HI}`,
      'reply: ann-pc gets SUCCESS for m1',
      'result: the platform gets SUCCESS of m1 for ben@WEB',
    ]);
  });

  it('has no copy with skipSelf, and no result with skipResult', () => {
    const step: Step = { do: 'send', from: 'ann-pc', to: 'ben', skipSelf: true, skipResult: true, content: CONTENT };
    expect(factsAfter(ONLINE, step)).toEqual([
      `delivery: ben-web gets from ann@PC to ben ${HI}`,
      'reply: ann-pc gets SUCCESS for m1',
    ]);
  });

  it('has a group message arrive at every member that is online, and NOT_ONLINE for the others', () => {
    expect(factsAfter(ONLINE, { do: 'send', from: 'ben-web', to: 'team', content: CONTENT })).toEqual([
      `delivery: ann-app gets from ben@WEB to team ${HI}`,
      `delivery: ann-pc gets from ben@WEB to team ${HI}`,
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
      `delivery: ben-web gets from ann@PC to ben ${HI}`,
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
      'route: the platform learns that ann@APP has left im-2',
      'route: the platform learns that ann@APP is on im-1',
      'sync: ann-app-2 has everything',
    ]);
  });

  it('has a device that connects anew replace its old connection without FORCE_LOGOUT', () => {
    expect(factsAfter(ONLINE, { do: 'login', device: 'ben-web-2' })).toEqual([
      'end: ben-web has its connection ended, REPLACED',
      'login: ben-web-2 is logged in',
      'refusal: im-2 logs REPLACED',
      'route: the platform learns that ben@WEB has left im-2',
      'route: the platform learns that ben@WEB is on im-2',
      'sync: ben-web-2 has everything',
    ]);
  });

  it('has a device get what it missed when it comes back, and each only once', () => {
    const away: readonly Step[] = [...ONLINE, { do: 'logout', device: 'ann-app' }, SENT];
    const arrival = [
      'login: ann-app is logged in',
      'route: the platform learns that ann@APP is on im-2',
      'sync: ann-app has everything',
    ];
    const back: Step = { do: 'login', device: 'ann-app' };
    expect(factsAfter(away, back)).toEqual([`delivery: ann-app gets from ann@PC to team ${HI}`, ...arrival]);
    expect(factsAfter([...away, back, { do: 'logout', device: 'ann-app' }], back)).toEqual(arrival);
  });

  it('has changes shown by all who have the message, and by the device that sends them', () => {
    const edit = { messageId: 'id of m1', content: { text: { text: 'ho' } } };
    const content = { clientMessageId: 'm2', fallback: '* ho', edit };
    expect(factsAfter([...WITH_EVE, SENT], { do: 'send', from: 'ann-pc', to: 'team', skipResult: true, content })).toEqual([
      'change: ann-app shows m1 edited: ho',
      'change: ann-pc shows m1 edited: ho',
      'change: ben-web shows m1 edited: ho',
      `delivery: eve-old gets from ann@PC to team ${JSON.stringify({
        clientMessageId: 'm2',
        edit: { content: { text: { text: 'ho' } }, messageId: 'id of m1' },
        fallback: '* ho',
      })}`,
      'reply: ann-pc gets SUCCESS for m2',
    ]);
  });

  it('counts reactions, which a device of version 1 does not get', () => {
    const react = (from: string, clientMessageId: string): Step => {
      const content = { clientMessageId, reaction: { messageId: 'id of m1', key: '👍' } };
      return { do: 'send', from, to: 'team', content };
    };
    expect(factsAfter([...WITH_EVE, SENT, react('ann-pc', 'm2')], react('ben-web', 'm3'))).toEqual([
      'change: ann-app shows m1 with 👍 2',
      'change: ann-pc shows m1 with 👍 2',
      'change: ben-web shows m1 with 👍 2',
      'reply: ben-web gets SUCCESS for m3',
      'result: the platform gets SUCCESS of m3 for ann@APP',
      'result: the platform gets SUCCESS of m3 for ann@PC',
      'result: the platform gets UNSUPPORTED_VERSION of m3 for eve@PC',
    ]);
  });

  it('has a quote show what the message says, after an edit as well', () => {
    const edit = { clientMessageId: 'm2', edit: { messageId: 'id of m1', content: { text: { text: 'ho' } } } };
    const quote = { messageId: 'id of m1', senderId: '1', preview: 'something else' };
    const quoting = { clientMessageId: 'm3', quote, text: { text: 'what?' } };
    const before: readonly Step[] = [...ONLINE, SENT, { do: 'send', from: 'ann-pc', to: 'team', content: edit }];
    const [delivery] = factsAfter(before, { do: 'send', from: 'ben-web', to: 'team', content: quoting });
    expect(delivery).toMatch(/"quote":\{"messageId":"id of m1","preview":"ho"\}/);
  });

  it('has a read position arrive at all terminals of the reader, and in a private conversation at the other user', () => {
    const sent: Step = { do: 'send', from: 'ben-web', to: 'ann', content: CONTENT };
    expect(factsAfter([...ONLINE, sent], { do: 'read', device: 'ann-pc', in: 'ben', upTo: 'm1' })).toEqual([
      'read: ann-app shows that the user read up to m1',
      'read: ann-pc shows that the user read up to m1',
      'read: ben-web shows that ann read up to m1',
    ]);
    expect(factsAfter([...ONLINE, SENT], { do: 'read', device: 'ben-web', in: 'team', upTo: 'm1' })).toEqual([
      'read: ben-web shows that the user read up to m1',
    ]);
  });

  it('has a call ring on all terminals, and end where another one has accepted', () => {
    const before: readonly Step[] = [
      { do: 'login', device: 'ann-pc' },
      { do: 'login', device: 'ben-web' },
      { do: 'login', device: 'ben-app' },
    ];
    const step: Step = { do: 'call', callId: 'c', from: 'ann-pc', to: 'ben', accepts: 'ben-app', late: 'ben-web' };
    const record = '{"call":{"answered":true,"callId":"c"}}';
    expect(factsAfter(before, step)).toEqual([
      'call: ann-pc gets accept of ben@APP',
      'call: ben-app gets end HANGUP of ann@PC',
      'call: ben-app gets invite of ann@PC',
      'call: ben-web gets end ELSEWHERE',
      'call: ben-web gets end HANGUP of ann@PC',
      'call: ben-web gets invite of ann@PC',
      `delivery: ann-pc gets from ann@SERVER to ben ${record}`,
      `delivery: ben-app gets from ann@SERVER to ben ${record}`,
      `delivery: ben-web gets from ann@SERVER to ben ${record}`,
      'refusal: im-2 logs TOO_LATE',
      'reply: ben-web is denied a request, TOO_LATE',
    ]);
  });

  it('has a version-1 client get the finished text of a stream', () => {
    const step: Step = { do: 'ask', from: 'ann-pc', to: 'advice', content: CONTENT, stopAfter: 2 };
    expect(
      factsAfter(
        [
          { do: 'login', device: 'ann-pc' },
          { do: 'login', device: 'eve-old' },
        ],
        step,
      ),
    ).toEqual([
      `delivery: eve-old gets from ann@PC to advice ${HI}`,
      'reply: ann-pc gets SUCCESS for m1',
      'stream: ann-pc has the text that is stored, CANCELLED',
      'stream: ann-pc shows an answer that is being written',
      'stream: eve-old has the text that is stored, as a text',
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
