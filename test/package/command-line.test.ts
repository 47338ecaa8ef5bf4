// `im-protocol` as npm installs it: without the optional peers, and from any folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';

const bin = join(inject('consumer'), 'node_modules/.bin/im-protocol');

function run(args: readonly string[], input = ''): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(bin, [...args], { cwd: tmpdir(), input, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: status, stdout, stderr };
}

describe.skipIf(process.platform === 'win32')('the installed im-protocol', () => {
  it('runs', () => {
    expect(run(['--version']).stdout).toMatch(/^im-protocol \d+\.\d+\.\d+ \(protocol version 2\)\n$/);
    const { code, stdout } = run(['decode', '--json', '-q', '0000000d0107000008021001620308e807']);
    expect(code).toBe(0);
    expect(run(['encode', '--to', 'hex'], stdout).stdout).toBe('0000000d0107000008021001620308e807\n');
  });

  it('finds its vectors', () => {
    expect(run(['vectors', '--list']).stdout.split('\n').length).toBeGreaterThan(1000);
  });

  it('reads .proto files without another package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'im-protos-'));
    const file = join(folder, 'vote.proto');
    const decode = (schema: string) => {
      writeFileSync(file, `syntax = "proto3"; package a.b; message Vote { ${schema} }`);
      return run(['decode', '--json', '--proto', file, '-q', '0000000d0107000008021001620308e807']);
    };
    const [good, bad] = [decode('uint32 choice = 1;'), decode('uint32 choice = x;')];
    rmSync(folder, { recursive: true });
    expect([good.code, good.stderr]).toEqual([0, '']);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("im-protocol: --proto: illegal id 'x'")]);
  });

  it('says what it lacks', () => {
    expect(run(['handshake', 'ws://127.0.0.1:1'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'im-protocol: ws:// and wss:// need the package ws: npm install ws\n',
    });
  });
});
