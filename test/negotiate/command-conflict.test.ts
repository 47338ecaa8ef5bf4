import { describe, expect, it } from 'vitest';
import { answerHello, createHello } from '../../src/negotiate/index.js';
import { helloWith, SERVER } from './universe.js';

/** What a server with these application commands says to these digests. */
function refusal(digests: [number, number][], commands: Record<number, string> = {}): string | undefined {
  return answerHello(helloWith({ commandDigests: new Map(digests) }), { ...SERVER, commands }).reject?.message;
}

const GROUP_MESSAGE = 0xef8704c0;
const PRIVATE_MESSAGE = 0xdddfda6e;
const TYPING = 0x21da49ad;

describe('a command number that both sides know under different names', () => {
  it('is COMMAND_CONFLICT for a fork that renumbered the commands of the specification', () => {
    const hello = helloWith({ commandDigests: new Map([[4, GROUP_MESSAGE]]) });
    const answer = answerHello(hello, { ...SERVER, versions: [1, 2] });
    expect(answer.welcome).toBeUndefined();
    expect(answer.reject).toEqual({
      code: 2,
      message: 'command 4: expected digest 0xDDDFDA6E of PRIVATE_MESSAGE, got 0xEF8704C0',
      versions: [1, 2],
      retryAfterMs: 0,
    });
    expect(answer.error?.message).toBe(
      '[COMMAND_CONFLICT] command 4: expected digest 0xDDDFDA6E of PRIVATE_MESSAGE, got 0xEF8704C0',
    );
    expect(answer.error?.closeCode).toBe(4002);
  });

  it('is found in a fork that swapped two commands, and both are counted', () => {
    const swapped: [number, number][] = [
      [4, GROUP_MESSAGE],
      [5, PRIVATE_MESSAGE],
    ];
    expect(refusal(swapped)).toBe('command 4: expected digest 0xDDDFDA6E of PRIVATE_MESSAGE, got 0xEF8704C0 (and 1 more)');
  });

  it('is found in a fork that counts from 0, as the older systems do', () => {
    const names = ['LOGIN', 'HEARTBEAT', 'FORCE_LOGOUT', 'PRIVATE_MESSAGE', 'GROUP_MESSAGE', 'SYSTEM_MESSAGE'];
    const fork = createHello({ commands: Object.fromEntries(names.map((name, i) => [1000 + i, name])) });
    const digests = names.map((_name, i): [number, number] => [i, fork.commandDigests.get(1000 + i)!]);
    expect(refusal(digests)).toBe('command 1: expected digest 0x5D5C09A0 of LOGIN, got 0x4EBFF336 (and 4 more)');
  });

  it('is COMMAND_CONFLICT for the commands of applications', () => {
    const hello = createHello({ commands: { 1000: 'TYPING' } });
    const { reject } = answerHello(hello, { ...SERVER, commands: { 1000: 'CALL_OFFER' } });
    expect(reject).toMatchObject({
      code: 2,
      message: 'command 1000: expected digest 0x470F038F of CALL_OFFER, got 0x21DA49AD',
    });
  });

  it('has a short text, however long the name is', () => {
    const name = 'N'.repeat(65);
    expect(refusal([[1000, 0]], { 1000: name })).toMatch(
      /^command 1000: expected digest 0x[0-9A-F]{8} of N{64}\.\.\., got 0x00000000$/,
    );
    expect(refusal([[1000, 0]], { 1000: name.slice(1) })).toMatch(
      /^command 1000: expected digest 0x[0-9A-F]{8} of N{64}, got 0x00000000$/,
    );
  });
});

describe('commands that differ without a conflict', () => {
  it('are those with the same number and the same name', () => {
    const commands = { 1000: 'TYPING', 2147483647: 'CALL_OFFER' };
    expect(answerHello(createHello({ commands }), { ...SERVER, commands }).reject).toBeUndefined();
    expect(refusal([[1000, TYPING]], { 1000: 'TYPING' })).toBeUndefined();
  });

  it('are those that one side alone knows', () => {
    expect(answerHello(createHello({ commands: { 1000: 'TYPING' } }), SERVER).reject).toBeUndefined();
    expect(answerHello(createHello(), { ...SERVER, commands: { 1000: 'TYPING' } }).reject).toBeUndefined();
    expect(
      answerHello(createHello({ commands: { 1000: 'TYPING' } }), { ...SERVER, commands: { 1001: 'TYPING' } }).reject,
    ).toBeUndefined();
    expect(
      refusal([
        [900, 1],
        [999, 2],
        [0, 3],
        [4_294_967_295, 4],
      ]),
    ).toBeUndefined();
  });

  it('are all, for a client that lists none', () => {
    expect(refusal([], { 1000: 'TYPING' })).toBeUndefined();
  });
});
