// Orders of two kinds of frames, in each state and on both sides, against a table that is written from the specification.
import { expect } from 'vitest';
import { ERRORS } from '../../src/errors.js';
import { ClientSession, ServerSession, type Session } from '../../src/session/index.js';
import { join } from '../frame/hex.js';
import { alphabet, SENDER, type Spoken, titleOf } from './alphabet.js';
import { type Outcome, type Stage, step } from './expectation.js';
import * as stages from './stages.js';
import { events, written } from './transcript.js';

export interface Start {
  readonly name: string;
  readonly session: () => Session;
  readonly stage: Stage;
}

const request = { cmd: 4, data: { $case: 'privateMessage', value: privateMessage() } } as const;

function privateMessage() {
  return { sender: SENDER, receiverId: 2n, content: { body: { $case: 'text', value: { text: 'a' } } } } as const;
}

/** With one request of the session open. */
function asking<S extends Session>(session: S): S {
  session.request(request, 0);
  return stages.silent(session);
}

function closed<S extends Session>(session: S): S {
  session.close(0);
  return stages.silent(session);
}

function drainingServer(session: ServerSession): ServerSession {
  session.drain({ graceMs: 60_000 }, 0);
  return stages.silent(session);
}

function drainingClient(session: ClientSession): ClientSession {
  session.receive(stages.DRAIN, 0);
  return stages.silent(session);
}

const none = { open: undefined, pending: false, login: false };
const login = { sequence: 1, by: 'SESSION' };
const pushed = { sequence: 1, by: 'SEND_RESULT' };
const sent = { sequence: 2, by: 'SEND_RESULT' };

export const STARTS: readonly Start[] = [
  {
    name: 'a server, negotiating',
    session: () => new ServerSession(stages.PLAIN, 0),
    stage: { ...none, side: 'server', phase: 'negotiating', loggedIn: false },
  },
  {
    name: 'a server, anonymous',
    session: () => stages.anonymousServer(),
    stage: { ...none, side: 'server', phase: 'anonymous', loggedIn: false },
  },
  {
    name: 'a server, authenticated',
    session: () => asking(stages.server()),
    stage: { ...none, side: 'server', phase: 'authenticated', loggedIn: true, open: pushed },
  },
  {
    name: 'a server, draining before LOGIN',
    session: () => drainingServer(stages.anonymousServer()),
    stage: { ...none, side: 'server', phase: 'draining', loggedIn: false },
  },
  {
    name: 'a server, draining',
    session: () => drainingServer(asking(stages.server())),
    stage: { ...none, side: 'server', phase: 'draining', loggedIn: true, open: pushed },
  },
  {
    name: 'a server, closed',
    session: () => closed(stages.server()),
    stage: { ...none, side: 'server', phase: 'closed', loggedIn: true },
  },
  {
    name: 'a client, connecting',
    session: () => new ClientSession(stages.PLAIN, 0),
    stage: { ...none, side: 'client', phase: 'connecting', loggedIn: false },
  },
  {
    name: 'a client, negotiating',
    session: () => stages.negotiatingClient(),
    stage: { ...none, side: 'client', phase: 'negotiating', loggedIn: false, open: login },
  },
  {
    name: 'a client, anonymous',
    session: () => stages.anonymousClient(),
    stage: { ...none, side: 'client', phase: 'anonymous', loggedIn: false, open: login },
  },
  {
    name: 'a client, authenticated',
    session: () => asking(stages.client()),
    stage: { ...none, side: 'client', phase: 'authenticated', loggedIn: true, open: sent },
  },
  {
    name: 'a client, draining before LOGIN',
    session: () => drainingClient(stages.anonymousClient()),
    stage: { ...none, side: 'client', phase: 'draining', loggedIn: false, open: login },
  },
  {
    name: 'a client, draining',
    session: () => drainingClient(asking(stages.client())),
    stage: { ...none, side: 'client', phase: 'draining', loggedIn: true, open: sent },
  },
  {
    name: 'a client, closed',
    session: () => closed(stages.client()),
    stage: { ...none, side: 'client', phase: 'closed', loggedIn: true },
  },
];

/** With each frame as the first, every `every`-th as the second: an odd `every` pairs each of the four forms with each. */
function* pairs(start: Start, every: number): Generator<readonly [Spoken, Spoken]> {
  const letters = lettersOf(start);
  for (const [i, first] of letters.entries()) {
    for (let j = i % every; j < letters.length; j += every) yield [first, letters[j]];
  }
}

function lettersOf({ stage }: Start): Spoken[] {
  return alphabet(stage.open?.sequence ?? 0x7f);
}

/** @param every 1 for every pair; n for one of n. */
export function expectPairs(start: Start, every: number): void {
  for (const [first, second] of pairs(start, every)) {
    const session = start.session();
    const stage: Stage = { ...start.stage };
    const title = `${titleOf(first.letter)}, then ${titleOf(second.letter)}`;
    session.receive(first.bytes, 1);
    same(title, session, stage, step(stage, first.letter));
    session.receive(second.bytes, 2);
    same(title, session, stage, step(stage, second.letter));
  }
}

export function expectPairsInOneChunk(start: Start, every: number): void {
  for (const [first, second] of pairs(start, every)) {
    const session = start.session();
    const stage: Stage = { ...start.stage };
    session.receive(join(first.bytes, second.bytes), 1);
    const one = step(stage, first.letter);
    const two = step(stage, second.letter);
    const both = { written: [...one.written, ...two.written], events: [...one.events, ...two.events] };
    same(`${titleOf(first.letter)}, then ${titleOf(second.letter)}`, session, stage, both);
  }
}

export function expectFramesByteByByte(start: Start): void {
  for (const { letter, bytes } of lettersOf(start)) {
    const session = start.session();
    const stage: Stage = { ...start.stage };
    for (let at = 0; at < bytes.length; at++) session.receive(bytes.subarray(at, at + 1), 1);
    same(titleOf(letter), session, stage, step(stage, letter));
  }
}

/** Compares without the cost of `expect` where all is well. */
function same(title: string, session: Session, stage: Stage, expected: Outcome): void {
  const { closeCode } = session;
  const actual = { written: written(session), events: events(session), state: session.state };
  const wanted = { ...expected, state: stage.phase };
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) expect(actual, title).toEqual(wanted);
  const reason = expected.events.at(-1)?.match(/^closed (.+)/)?.[1];
  if (reason === undefined) return;
  const code = 4000 + ERRORS[reason as keyof typeof ERRORS].number;
  if (closeCode !== code) expect(closeCode, title).toBe(code);
}
