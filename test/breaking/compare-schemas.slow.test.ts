import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { buildImage, findBaselines, ROOT } from '../../scripts/breaking/baseline.js';
import type { Change } from '../../scripts/breaking/change.js';
import { breakingChanges, compareSchemas } from '../../scripts/breaking/compare-schemas.js';
import { readSchema, type Schema } from '../../scripts/breaking/schema.js';
import { CASES } from './cases.js';
import { compile } from './compile.js';

const PREFIX = /^case(\d+)\./;

/** All cases of one side, each in a package of its own. */
function compileSide(side: 'before' | 'after'): Schema {
  const files = CASES.map((one, i) => [
    `case${i}.proto`,
    `syntax = "proto3";\npackage case${i};\nimport "im/options/v1/options.proto";\n${one[side]}\n`,
  ]);
  return compile(Object.fromEntries(files));
}

function told({ place, text, allowed }: Change): string {
  return `${allowed === 'never' ? '' : '(new version) '}${place.replace(PREFIX, '')}: ${text}`;
}

describe('the differences between two schemas', () => {
  const found = new Map<number, string[]>();
  beforeAll(() => {
    for (const change of compareSchemas(compileSide('before'), compileSide('after'))) {
      // What has no package are constants and features: the last case.
      const index = Number(PREFIX.exec(change.place)?.[1] ?? CASES.length - 1);
      found.set(index, [...(found.get(index) ?? []), told(change)]);
    }
  });

  it.each(CASES.map((one, i) => ({ ...one, i })))('$name', ({ i, changes }) => {
    expect(found.get(i) ?? []).toEqual(changes);
  });
});

describe.each(findBaselines())('the schema of %s', (path) => {
  const baseline = readSchema(readFileSync(path));

  it('differs from itself in nothing', () => {
    expect(compareSchemas(baseline, baseline)).toEqual([]);
  });

  it('is not broken by the present one', () => {
    expect(breakingChanges(baseline, readSchema(buildImage())).map(told)).toEqual([]);
  });

  it('has rules, so that a comparison compares something', () => {
    const token = baseline.messages.get('im.protocol.v1.LoginInfo')?.field.accessToken;
    expect(baseline.settings.field(token!)).toMatchObject({ minBytes: 1, maxBytes: 8192, sensitive: true });
    expect(baseline.version).toBe(1);
    expect([...baseline.features]).toEqual(['deflate']);
  });
});

test('an image has the reply of LOGIN, and a change of it is found', () => {
  const baseline = readFileSync(findBaselines().find((path) => path.endsWith('v1.0.0-commands.binpb'))!);
  // Field 6 of CommandSettings, LOGIN.
  const at = baseline.indexOf(Buffer.from('32054c4f47494e', 'hex'));
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(baseline);
  changed.write('DRAIN', at + 2);
  expect(breakingChanges(readSchema(baseline), readSchema(changed)).map(told)).toEqual([
    'im.protocol.v1.Command.COMMAND_LOGIN: command changed from {data: [login, session], from_client, reply: LOGIN} to {data: [login, session], from_client, reply: DRAIN}',
  ]);
});

describe('a release', () => {
  const before = compile({ 'a.proto': 'syntax = "proto3"; package a; message M {}' });
  const added = `syntax = "proto3"; package a; import "im/options/v1/options.proto"; message M { int32 n = 1 [(im.options.v1.field) = {since: 2}]; }`;

  it('may add a field for its new version of the protocol', () => {
    expect(breakingChanges(before, { ...compile({ 'a.proto': added }), version: 2 })).toEqual([]);
  });

  it('may loosen a rule with a new version, and not without', () => {
    const rule = (min: number): Schema => compile({ 'a.proto': added.replace('since: 2', `min: ${min}`) });
    const loosened = { place: 'a.M.n', text: 'min loosened: from 2 to 1', allowed: 'new version' };
    expect(breakingChanges(rule(2), rule(1))).toEqual([loosened]);
    expect(breakingChanges(rule(2), { ...rule(1), version: 2 })).toEqual([]);
  });

  it('may not add a field to an older version', () => {
    const changes = breakingChanges(before, { ...compile({ 'a.proto': added.replace('since: 2', 'since: 1') }), version: 2 });
    expect(changes.map(told)).toEqual(['a.M.n: added, not ignorable, with since 1; the last release speaks version 1']);
  });

  it('may not renumber a custom option', () => {
    const options = readFileSync(`${ROOT}/proto/im/options/v1/options.proto`, 'utf8');
    const renumbered = options.replace('FieldSettings field = 71620', 'FieldSettings field = 71621');
    const after = compile({ 'im/options/v1/options.proto': renumbered, 'a.proto': 'syntax = "proto3"; package a; message M {}' });
    expect(breakingChanges(before, after).map(told)).toEqual(['im.options.v1.field: number changed from 71620 to 71621']);
  });

  it('may not lower the version of the protocol', () => {
    const changes = breakingChanges({ ...before, version: 2 }, before);
    expect(changes.map(told)).toEqual(['PROTOCOL_VERSION: value changed from 2 to 1']);
  });
});
