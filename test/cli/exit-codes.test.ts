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

  it('70: an internal error is reported as such', () => {
    const fault = 'JSON.stringify = () => { throw new Error("oops"); }';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
    const { code, stderr } = cli(['decode', '--json', HEARTBEAT], '', env);
    expect(code).toBe(70);
    expect(stderr).toContain('internal error, please report it\nError: oops');
  });
});

describe('what cannot be read', () => {
  it.skipIf(process.platform !== 'linux').each(['decode', 'inspect', 'validate', 'encode'])('is reported by %s', (command) => {
    const { code, stderr } = cli([command, '/proc/self/mem']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\/proc\/self\/mem: EIO: i\/o error, read\n$/);
    expect(cli([command, 'src']).stderr).toBe('im-protocol: src: is a directory\n');
  });

  it('a misspelt name is no base64', () => {
    const { code, stderr } = cli(['decode', 'capture']);
    expect([code, stderr]).toEqual([2, 'im-protocol: no such file: "capture"\n']);
    // Unless it is said to be.
    expect(cli(['decode', '-q', '--from', 'base64', 'SGVsbG8=']).stderr).toContain("got 0x48 'H'");
    expect(cli(['decode', '']).stderr).toBe('im-protocol: the input is an empty argument\n');
  });
});

describe('an argument is not repeated in errors', () => {
  // A login whose token is "abc", with a typo.
  const login = '0000000f010700000801100152050a03616263';
  const message = (at: number, found: string, format = 'hex', length = login.length): string =>
    `im-protocol: the argument (${length} characters) is neither a file nor valid input: not ${format} at character ${at} (${found})\n`;

  it.each([
    [`${login.slice(0, 20)}g${login.slice(21)}`, message(21, 'a letter')],
    [`${login.slice(0, 37)}!`, message(38, 'a punctuation character')],
    [`00\u001b${login.slice(3)}`, message(3, 'a control character')],
    [`00\u202e${login.slice(3)}`, message(3, 'a non-ASCII character')],
    [`0x00, 0x0z`, message(10, 'a letter', 'hex', 10)],
    ['AAAADwEHAAAIARABUgUKA2F*Yw==', message(24, 'a punctuation character', 'base64', 28)],
    [`${'ab'.repeat(50_000)}x`, message(100_001, 'a letter', 'hex', 100_001)],
  ])('%#', (argument, stderr) => {
    for (const command of ['decode', 'inspect', 'validate']) expect(cli([command, argument])).toMatchObject({ code: 2, stderr });
  });

  it('nor in errors of --from hex and --from base64', () => {
    expect(cli(['decode', '-q', '--from', 'hex'], '00 00\n0g').stderr).toBe(
      'im-protocol: not hex: expected a hex digit at character 8, got a letter\n',
    );
    expect(cli(['decode', '-q', '--from', 'base64'], 'AAAA\nAA*A').stderr).toBe(
      'im-protocol: not base64: expected a base64 digit at character 8, got a punctuation character\n',
    );
  });

  it('names are quoted, escaped and shortened', () => {
    const long = 'x\u001b[31m'.repeat(20);
    expect(cli([long]).stderr.length).toBeLessThan(300);
    for (const args of [[long], ['schema', long], ['decode', '--from', long], ['vectors', '--only', long, '--list']]) {
      const { code, stderr } = cli(args);
      expect(code).toBe(2);
      expect(stderr).not.toContain('\u001b');
      expect(stderr).not.toContain(long.slice(0, 60));
      expect(stderr).toContain('x\\u001b[31m');
    }
    // They may hold secrets.
    expect(cli(['decode', login, login]).stderr).toBe('im-protocol: expected one input, got 2\n');
    expect(cli(['handshake', 'http://user:secret@localhost']).stderr).not.toContain('secret');
  });
});

describe('data on stdout, messages on stderr', () => {
  it('prints the detected format, unless it is given', () => {
    expect(cli(['decode', '--json', HEARTBEAT]).stderr).toBe('im-protocol: argument: detected hex (override with --from)\n');
    expect(cli(['decode', '--json', '-q', HEARTBEAT]).stderr).toBe('');
    expect(cli(['decode', '--json', '--from', 'hex', HEARTBEAT]).stderr).toBe('');
  });

  it('says what is wrong in one line', () => {
    expect(cli(['decode', '-q', HEARTBEAT.slice(0, -2)]).stderr).toBe(
      'im-protocol: [TRUNCATED] the stream ended inside a frame: got 16 of 17 bytes, at byte 0\n',
    );
    expect(cli(['decode', 'x.bin']).stderr).toBe('im-protocol: no such file: "x.bin"\n');
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
