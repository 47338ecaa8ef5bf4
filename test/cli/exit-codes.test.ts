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
    const fault = 'JSON.stringify = () => { throw new Error("oops"); }';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
    const { code, stderr } = cli(['decode', '--json', HEARTBEAT], '', env);
    expect(code).toBe(70);
    expect(stderr).toContain('this is a fault of im-protocol itself, please report it\nError: oops');
  });
});

describe('what cannot be read', () => {
  it.skipIf(process.platform !== 'linux').each(['decode', 'inspect', 'validate', 'encode'])('is told by %s', (command) => {
    const { code, stderr } = cli([command, '/proc/self/mem']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\/proc\/self\/mem: EIO: i\/o error, read\n$/);
    expect(cli([command, 'src']).stderr).toBe('im-protocol: src: is a folder\n');
  });

  it('a misspelt name is no base64', () => {
    const { code, stderr } = cli(['decode', 'capture']);
    expect([code, stderr]).toEqual([2, 'im-protocol: capture: no such file, and not the input itself\n']);
    // Unless it is said to be.
    expect(cli(['decode', '-q', '--from', 'base64', 'SGVsbG8=']).stderr).toContain("got 0x48 'H'");
    expect(cli(['decode', '']).stderr).toBe('im-protocol: an empty argument: no such file, and not the input itself\n');
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
