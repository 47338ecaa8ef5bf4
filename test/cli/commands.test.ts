// What the commands print.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { cli, HEARTBEAT, LOGIN, MAIN, MESSAGE } from './cli.js';

describe('inspect', () => {
  it('has a line for each field, with its bytes', () => {
    expect(cli(['inspect', '-q', MESSAGE]).stdout).toBe(`byte 0: SendInfo, PRIVATE_MESSAGE, 38 bytes
000000  00 00 00 22                                     length           34 bytes follow
000004  01                                              version          1
000005  07                                              type             7 = SendInfo
000006  00 00                                           flags            none
000008  08 04                                           cmd              4 = PRIVATE_MESSAGE
00000a  10 03                                           sequence         3
00000c  72 18                                           privateMessage   24 bytes
00000e    0a 04                                         sender           4 bytes
000010      08 01                                       userId           1
000012      10 01                                       terminal         1 = WEB
000014    10 02                                         receiverId       2
000016    52 0e                                         content          14 bytes
000018      12 02 63 31                                 clientMessageId  "c1"
00001c      52 08                                       text             8 bytes
00001e        0a 06 e4 bd a0 e5 a5 bd                   text             "你好"

`);
  });

  it('marks what is wrong below it, and goes on', () => {
    const { stdout, code } = cli(['inspect', '-q', `${HEARTBEAT.slice(0, 16)}0d02000000620308e8074745`]);
    expect(code).toBe(1);
    expect(stdout).toContain('! [MALFORMED_PAYLOAD] SendInfo.cmd: wrong wire type: got 32-bit for field 1, at byte 8');
    expect(stdout).toContain('sentAtMs');
  });

  it('shows no secret, unless it is asked', () => {
    expect(cli(['inspect', '-q', LOGIN]).stdout).toMatch(/0a 03 •• •• •• +accessToken +\[redacted\]/);
    expect(cli(['inspect', '-q', '--secrets', LOGIN]).stdout).toMatch(/0a 03 61 62 63 +accessToken +"abc"/);
    expect(cli(['inspect', '-q', '--json', LOGIN]).stdout).not.toMatch(/abc|616263/);
  });

  it('--json has all bytes in the hex of its leaves', () => {
    const rows = cli(['inspect', '-q', '--json', `${MESSAGE}${HEARTBEAT}474554`])
      .stdout.trimEnd()
      .split('\n');
    interface Row {
      hex?: string;
      parts?: Row[];
    }
    const hexOf = ({ hex = '', parts = [] }: Row): string => hex + parts.map(hexOf).join('');
    expect(rows.map((row) => hexOf(JSON.parse(row))).join('')).toBe(`${MESSAGE}${HEARTBEAT}474554`);
    expect(JSON.parse(rows[1])).toMatchObject({ kind: 'frame', start: 38, end: 55 });
  });
});

describe('decode', () => {
  it('has a line of header, and the message without its secrets', () => {
    expect(cli(['decode', '-q', LOGIN]).stdout).toBe(`byte 0: SendInfo, LOGIN, version 1, 19 bytes
  {
    "cmd": "COMMAND_LOGIN",
    "sequence": 1,
    "login": {
      "accessToken": "[redacted]"
    }
  }
`);
    expect(cli(['decode', '-q', '--secrets', LOGIN]).stdout).toContain('"accessToken": "abc"');
    // "decode --json carries them"
    expect(cli(['decode', '-q', '--json', LOGIN]).stdout).toContain('"accessToken":"abc"');
  });

  it('tells why a frame is refused, and goes on', () => {
    const { stdout, code } = cli(['decode', '-q', `0000000601070000088000000004010300${'00'}${HEARTBEAT}`]);
    expect(code).toBe(1);
    expect(stdout.split('\n').filter((line) => /^(byte|!)/.test(line))).toEqual([
      'byte 0: type 7, version 1, 10 bytes',
      '! [MALFORMED_PAYLOAD] SendInfo.cmd: truncated varint: got 1 bytes without an end, at byte 9',
      'byte 10: UserInfo, version 1, 8 bytes',
      '! userId: got 0, at least 1',
      '! terminal: got 0, at least 1',
      'byte 18: SendInfo, HEARTBEAT, version 1, 17 bytes',
    ]);
  });

  it('--json tells it too, with the bytes', () => {
    const row = JSON.parse(cli(['decode', '-q', '--json', '0000000401030000']).stdout);
    expect(row).toMatchObject({ version: 1, type: 'UserInfo', flags: 0, message: {}, payload: '' });
    expect(row.error).toMatchObject({
      code: 'INVALID_MESSAGE',
      path: 'userId',
      issues: [
        { path: 'userId', rule: 'min' },
        { path: 'terminal', rule: 'min' },
      ],
    });
  });
});

describe('validate', () => {
  it('has a line for each rule that is broken', () => {
    const { stdout, stderr } = cli(['validate', `${HEARTBEAT}0000000401030000`]);
    expect(stdout).toBe(
      'byte 25, frame at 17: [INVALID_MESSAGE] userId: got 0, at least 1\nbyte 25, frame at 17: [INVALID_MESSAGE] terminal: got 0, at least 1\n',
    );
    expect(stderr).toMatch(/2 frames, 2 problems\n$/);
    expect(JSON.parse(cli(['validate', '-q', '--json', '0000000401030000']).stdout.split('\n')[0])).toEqual({
      frame: 0,
      code: 'INVALID_MESSAGE',
      rule: 'min',
      message: '[INVALID_MESSAGE] userId: got 0, at least 1',
      offset: 8,
      path: 'userId',
    });
  });
});

describe('schema', () => {
  it('lists models, commands, errors and limits', () => {
    expect(cli(['schema']).stdout).toMatch(/^SendInfo +7 +The message that both sides of a connection exchange/m);
    expect(cli(['schema', 'commands']).stdout).toMatch(
      /^4 +PRIVATE_MESSAGE +privateMessage +client, server, services +SEND_RESULT$/m,
    );
    expect(cli(['schema', 'errors']).stdout).toMatch(/^18 +FRAME_TOO_LARGE +4018 +closes$/m);
    expect(cli(['schema', 'limits', '--json']).stdout).toContain('{"name":"DEFAULT_MAX_FRAME_BYTES","value":1048576}\n');
  });

  it('prints the JSON Schema of a model, with all that it refers to', () => {
    const schema = JSON.parse(cli(['schema', 'PrivateMessage']).stdout);
    expect(schema.$ref).toBe('#/$defs/PrivateMessage');
    expect(schema.$defs.PrivateMessage.required).toEqual(['sender', 'receiverId', 'content']);
    expect(Object.keys(schema.$defs)).toEqual(expect.arrayContaining(['Any', 'Content', 'TextContent', 'UserInfo']));
    expect(cli(['schema', 'Nothing']).code).toBe(2);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s knows all commands and options', (shell) => {
    const { stdout } = cli(['completion', shell]);
    for (const { name, options } of COMMANDS) {
      expect(stdout).toContain(name);
      for (const option of Object.keys(options)) expect(stdout).toMatch(new RegExp(`(--|-l )${option}\\b`));
    }
  });
});

describe('help', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s --help is a page with usage, options and examples', (name) => {
    const { stdout, code } = cli([name, '--help']);
    expect(code).toBe(0);
    for (const part of ['USAGE', 'DESCRIPTION', 'OPTIONS', 'EXIT CODES', 'EXAMPLES']) expect(stdout).toContain(`\n${part}\n`);
    expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });

  it('starts with little code: a command is loaded when it is run', () => {
    const loaded = new Set(['main.js']);
    for (const name of loaded) {
      const code = readFileSync(join(dirname(MAIN), name), 'utf8');
      for (const [, other] of code.matchAll(/^(?:import|export)\b[^;]*?from\s*"\.\/([^"]+)"/gm)) loaded.add(other);
    }
    const size = [...loaded].reduce((sum, name) => sum + readFileSync(join(dirname(MAIN), name)).length, 0);
    expect(size).toBeLessThan(30_000);
  });
});
