import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './root.js';
import { node, npm } from './run.js';

/** What `npm run generate` writes. */
const GENERATED = ['generated', 'test/fixtures/generated', 'wireshark', 'proto-protovalidate'];
/** What it needs; and what its output imports. */
const SOURCES = [
  'proto',
  'proto-protovalidate',
  'scripts',
  'src',
  'wireshark/src',
  'test/fixtures',
  'generated',
  'package.json',
  'buf.yaml',
  'buf.gen.yaml',
  'buf.protovalidate.yaml',
  'tsconfig.json',
];

/** The files in a folder, by path. */
function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length), readFileSync(path, 'utf8')];
    }),
  );
}

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'im-generate-'));
  for (const path of SOURCES) {
    mkdirSync(join(copy, path, '..'), { recursive: true });
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true }));

describe('npm run generate', () => {
  it('leaves no difference', () => {
    // Something that a generation has to remove.
    writeFileSync(join(copy, 'generated/stale.ts'), '');
    npm(['run', 'generate'], copy);
    for (const folder of GENERATED) {
      const [fresh, committed] = [filesIn(join(copy, folder)), filesIn(join(ROOT, folder))];
      expect(Object.keys(fresh).sort()).toEqual(Object.keys(committed).sort());
      expect(Object.keys(fresh).filter((path) => fresh[path] !== committed[path])).toEqual([]);
    }
  });

  it('gives a field that is added to the schema its type, codec, check and zod schema, and the dissector', () => {
    const path = join(copy, 'proto/im/protocol/v1/user_info.proto');
    const field = '  // A name.\n  string nickname = 9 [(im.options.v1.field) = {max_bytes: 4}];\n}\n';
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\}\s*$/, field));
    npm(['run', 'generate'], copy);
    expect(readFileSync(join(copy, 'wireshark/im-protocol.lua'), 'utf8')).toContain("name = 'nickname'");
    writeFileSync(
      join(copy, 'try.ts'),
      `
      import { UserInfo, type UserInfoInit } from './generated/models.js';
      import { UserInfoSchema } from './generated/im/protocol/v1/user_info.zod.js';
      const short: UserInfoInit = { userId: 1n, terminal: 1, nickname: 'anna' };
      const long: UserInfo = { userId: 1n, terminal: 1, nickname: 'annabel' };
      const bytes = UserInfo.encode(short);
      const valid = [UserInfoSchema.safeParse(short).success, UserInfoSchema.safeParse(long).success];
      const paths = (m: UserInfoInit) => UserInfo.check(m).map(({ path, rule }) => [path, rule]);
      console.log(JSON.stringify([[...bytes], UserInfo.decode(bytes).nickname, paths(short), paths(long), valid]));
    `,
    );
    // 4a 04: field 9, 4 bytes.
    const bytes = [8, 1, 16, 1, 0x4a, 4, 0x61, 0x6e, 0x6e, 0x61];
    const tried = JSON.parse(node(['--import', 'tsx', 'try.ts'], copy)) as unknown;
    expect(tried).toEqual([bytes, 'anna', [], [['nickname', 'max_bytes']], [true, false]]);
    const types = { extends: './tsconfig.json', include: ['try.ts'] };
    writeFileSync(join(copy, 'tsconfig.try.json'), JSON.stringify(types));
    expect(node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.try.json'], copy)).toBe('');
  });
});
