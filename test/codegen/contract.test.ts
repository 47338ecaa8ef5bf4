// The contract of generated code, `@im/protocol/codegen/v1`: small, and nothing in it is unused.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as enumTables from '../../generated/enum-tables.js';
import * as models from '../../generated/models.js';
import { UserInfo } from '../../generated/models.js';
import * as v1 from '../../src/codegen/v1/index.js';
import * as rules from '../../src/codegen/v1/rules.js';
import * as index from '../../src/index.js';
import * as legacy from '../../src/legacy/index.js';

/** Used by `form=compact`. */
const FORM = ['SCHEMAS', 'Schema', 'enumPlan', 'planParts'];

const FIXTURES = new URL('../fixtures/generated/', import.meta.url).pathname;

/** The values that generated code of the fixtures imports from modules of src/. */
function importedNames(modules: string): Set<string> {
  const all = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  // Plans are of this repository alone.
  const files = all.filter((name) => !/(\.plan|schema-text)\.ts$/.test(name));
  const imports = files.flatMap((name) => [
    ...readFileSync(join(FIXTURES, name), 'utf8').matchAll(new RegExp(`^import \\{ (.*) \\} from '[./]*/src/${modules}`, 'gm')),
  ]);
  const names = imports.flatMap(([, list]) => list.split(', '));
  return new Set(names.filter((name) => !name.startsWith('type ')).map((name) => name.replace(/ as .*/, '')));
}

describe('@im/protocol/codegen/v1', () => {
  const names = Object.keys(v1);

  it('has at most 100 values, besides the tables of enums', () => {
    expect(names.length - Object.keys(enumTables).length).toBeLessThanOrEqual(100);
  });

  it('has what generated code imports, and what it needs for messages and enums of this protocol', () => {
    const forApplications = ['applicationCommand', 'part', ...FORM, ...Object.keys(enumTables)];
    expect(names.sort()).toEqual([...importedNames('(?!wire/(?:zod-|standard/))'), ...forApplications].sort());
  });

  it('the rules of buf.validate are an entry of their own', () => {
    expect(Object.keys(rules).sort()).toEqual([...importedNames('wire/standard/')].sort());
  });

  it('takes parts of the codecs that the main entry exports, which are all but those of older systems', () => {
    const { JsonMessage, LegacyField } = legacy;
    expect({ ...index, JsonMessage, LegacyField }).toMatchObject(models);
    expect(v1.part(UserInfo, 'read')).toBe(UserInfo.generated.read);
    expect(v1.part(UserInfo, 'table').name).toBe('im.protocol.v1.UserInfo');
  });
});
