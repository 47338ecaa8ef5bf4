// "exit codes 0 ok, 1 invalid input, 2 usage, 3 truncated, 70 our fault"
import { describe, expect, it } from 'vitest';
import { cli, HEARTBEAT, MESSAGE } from './cli.js';

describe('exit codes', () => {
  it.each([
    ['0: frames in order', ['decode', HEARTBEAT], 0],
    ['0: no frame at all', ['decode', '--from', 'hex', '-'], 0],
    ['1: a frame that is refused', ['decode', '00000006010700000880'], 1],
    ['1: a rule that is broken', ['validate', '0000000401070000'], 1],
    ['1: another protocol', ['inspect', '474554202f'], 1],
    ['1: JSON that is no frame', ['encode', '{"type":"UserInfo","message":{"userId":"x"}}'], 1],
    ['2: no command', [], 2],
    ['2: a command that there is not', ['decod'], 2],
    ['2: an option that there is not', ['decode', '--jsn', HEARTBEAT], 2],
    ['2: a value that there is not', ['decode', '--from', 'xml', HEARTBEAT], 2],
    ['2: a number that is none', ['decode', '--max-frame-bytes', '7', HEARTBEAT], 2],
    ['2: two inputs', ['decode', HEARTBEAT, HEARTBEAT], 2],
    ['2: a file that there is not', ['decode', 'no-such-file.bin'], 2],
    ['3: the end is missing', ['decode', HEARTBEAT.slice(0, -2)], 3],
    ['3: the end is missing', ['inspect', HEARTBEAT.slice(0, -2)], 3],
    ['3: the end is missing', ['validate', HEARTBEAT.slice(0, -2)], 3],
    ['1: the end is missing, and something else is wrong', ['validate', `0000000401070000${HEARTBEAT.slice(0, -2)}`], 1],
  ])('%s', (_name, args, code) => {
    expect(cli(args).code).toBe(code);
  });

  it('70: a fault of its own is told as such', () => {
    // A file that cannot be opened although it exists is nobody's fault here, but not expected either.
    const { code, stderr } = cli(['decode', '/proc/self/mem']);
    expect(code).toBe(70);
    expect(stderr).toContain('this is a fault of im-protocol itself, please report it');
  });
});

describe('data on stdout, talk on stderr', () => {
  it('says what it takes the input for, unless it was told', () => {
    expect(cli(['decode', '--json', HEARTBEAT]).stderr).toBe('im-protocol: argument is taken for hex (--from says otherwise)\n');
    expect(cli(['decode', '--json', '-q', HEARTBEAT]).stderr).toBe('');
    expect(cli(['decode', '--json', '--from', 'hex', HEARTBEAT]).stderr).toBe('');
  });

  it('says what is wrong in one line', () => {
    expect(cli(['decode', '-q', HEARTBEAT.slice(0, -2)]).stderr).toBe(
      'im-protocol: [TRUNCATED] the stream ended inside a frame: got 16 of 17 bytes, at byte 0\n',
    );
    expect(cli(['decode', 'x.bin']).stderr).toBe('im-protocol: x.bin: no such file, and not the input itself\n');
  });
});

describe('colours', () => {
  const isColoured = (args: string[], env: Record<string, string> = {}) =>
    cli(['inspect', '-q', ...args, MESSAGE], '', env).stdout.includes('\u001b[');

  it('stand where they are wanted', () => {
    expect(isColoured([])).toBe(false);
    expect(isColoured(['--color', 'always'])).toBe(true);
    expect(isColoured([], { FORCE_COLOR: '1' })).toBe(true);
    expect(isColoured([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(isColoured(['--color', 'never'], { FORCE_COLOR: '1' })).toBe(false);
  });
});
