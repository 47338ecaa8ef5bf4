// check, encode, encodeFrame, zod and fromJSON say the same of the same value: the same rules, texts and places.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as models from '../../generated/models.js';
import { REGISTRY } from '../../generated/registry.js';
import { encodeFrame, type Issue, isProtocolError } from '../../src/index.js';
import { messageFromJson, messageToJson } from '../../src/json/index.js';
import { shapeIssues } from '../../src/validate.js';
import type { Codec } from '../../src/wire/codec.js';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import { LoginInfoSchema, SendInfoSchema, TopicMessageSchema } from '../../src/zod.js';
import * as fixtures from '../fixtures/generated/models.js';
import { SEED } from '../seed.js';
import { messageLike, rubbish } from './edge-values.js';
import { MODELS, type TestModel } from './models.js';
import { mutate, mutation } from './mutate.js';

type AnyCodec = Codec<object, object>;

const codecs = [...Object.values<unknown>(models), ...Object.values<unknown>(fixtures)].filter(
  (value): value is AnyCodec => typeof value === 'object' && value !== null && 'generated' in value,
);
const codecOf = ({ table }: TestModel): AnyCodec => codecs.find(({ typeName }) => typeName === table.name)!;

/** The issues of a ProtocolError; none if nothing was thrown. */
function issuesOfError(run: () => unknown): readonly Issue[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return error.issues ?? [];
  }
}

/** The path of an issue, by JSON names, for the keys that zod gives: the way forwards, where valuePath goes backwards. */
function pathOf(table: MessageTable, value: unknown, keys: readonly PropertyKey[]): string {
  const [key, ...rest] = keys;
  if (key === undefined) return '';
  const held = (value as Record<PropertyKey, unknown>)[key];
  const field = table.fields.find(({ oneof, name }) => (oneof ?? name) === key);
  if (field === undefined) return plain(key);
  if (field.oneof === undefined) return fieldPath(field, held, rest);
  if (rest[0] !== 'value')
    return rest.map(plain).reduce((path, part) => (part.startsWith('[') ? path + part : `${path}.${part}`), plain(key));
  const member = held as { $case: string; value: unknown };
  const chosen = table.fields.find(({ oneof, name }) => oneof === key && name === member.$case)!;
  return fieldPath(chosen, member.value, rest.slice(1));
}

const plain = (key: PropertyKey): string => (/^[\w$]{1,64}$/.test(String(key)) ? String(key) : `[${JSON.stringify(key)}]`);

function fieldPath(field: FieldTable, held: unknown, keys: readonly PropertyKey[]): string {
  let [path, value, rest] = [field.json ?? field.name, held, keys];
  if (field.kind !== undefined && keys.length > 0) {
    const [key] = keys;
    rest = keys.slice(1);
    path += `[${typeof key === 'string' && field.key === 'string' ? JSON.stringify(key) : String(key)}]`;
    value = field.kind === 'list' ? (held as unknown[])[Number(key)] : entryOf(held, key);
  }
  if (rest.length === 0 || field.message === undefined) return path;
  const below = pathOf(field.message(), value, rest);
  return below.startsWith('[') ? path + below : `${path}.${below}`;
}

const entryOf = (map: unknown, key: PropertyKey | undefined): unknown =>
  [...(map as Map<unknown, unknown>)].find(([own]) => String(own) === String(key))?.[1];

/** Holds all judges together over one value. @returns whether it is valid. */
function judge(model: TestModel, value: unknown): boolean {
  const codec = codecOf(model);
  const issues = codec.check(value);
  const told = (model.schema.safeParse(value).error?.issues ?? []).map(({ path, message, ...rest }) => {
    const { params } = rest as { params?: { rule: string } };
    return { path, message, rule: params?.rule };
  });
  expect(told.map(({ rule, message }) => [rule, message])).toEqual(issues.map(({ rule, message }) => [rule, message]));
  issues.forEach(({ path }, i) => {
    // A key that is hidden or cut, or of another type than its map's, is not shown as it is.
    if (!/\*\*\*|…|\[\?\]/.test(path)) expect(pathOf(model.table, value, told[i].path)).toBe(path);
  });

  const ofTypes = shapeIssues(model.table, value);
  expect(issuesOfError(() => codec.encode(value as object))).toEqual(ofTypes);
  const name = model.table.name.slice(model.table.name.lastIndexOf('.') + 1) as keyof typeof REGISTRY.frames;
  if (REGISTRY.frames[name]?.codec.generated.table.name === model.table.name) {
    expect(issuesOfError(() => encodeFrame(name, value as never))).toEqual(issues);
  }
  if (ofTypes.length === 0) throughJson(model, codec, value as object, issues);
  return issues.length === 0;
}

/** What fromJSON reads breaks the rules that the message broke, and what it refuses breaks them too. */
function throughJson({ table }: TestModel, codec: AnyCodec, value: object, issues: readonly Issue[]): void {
  let json: unknown;
  try {
    json = messageToJson(table, value, { unknownFields: true });
  } catch {
    // A Duration out of its range and the like has no JSON.
    return;
  }
  let read: object;
  try {
    read = messageFromJson(table, json);
  } catch (error) {
    const [first] = isProtocolError(error) ? (error.issues ?? []) : [];
    expect(issues.map(({ rule, message }) => [rule, message])).toContainEqual([first?.rule, first?.message]);
    return;
  }
  // JSON has a float as it goes over the wire, and a text that shows another figure; numbers that are keys come in another order.
  const isRounded = table.fields.some(({ type }) => type === 'float');
  const compared = (all: readonly Issue[]) =>
    all.map(({ path, rule, message }) => `${path} ${rule} ${isRounded || message}`).sort();
  expect(compared(codec.check(read))).toEqual(compared(issues));
}

describe.each(MODELS)(`$name (seed ${SEED})`, (model) => {
  it('has the same issues everywhere where it is empty', () => {
    judge(model, {});
  });

  it('has the same issues everywhere with a few places changed', () => {
    const seen = { valid: 0, refused: 0 };
    const values = fc.tuple(fc.constantFrom(...model.valid), fc.array(mutation, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(values, ([valid, mutations]) => {
        seen[judge(model, mutate(valid, mutations)) ? 'valid' : 'refused']++;
      }),
      { seed: SEED, numRuns: 50 },
    );
    expect(seen.valid).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  });

  it('has the same issues everywhere where it only looks like one, or is something else', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: messageLike(model.table) }, rubbish), (value) => {
        judge(model, value);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });
});

describe('what is left out', () => {
  const told = (schema: typeof LoginInfoSchema | typeof SendInfoSchema | typeof TopicMessageSchema, value: unknown) =>
    schema.safeParse(value).error?.issues.map(({ path, message }) => [path.join('.'), message]);

  it('has its default, which is judged', () => {
    expect(told(LoginInfoSchema, {})).toEqual([['accessToken', 'got 0 bytes, at least 1']]);
    expect(told(LoginInfoSchema, { accessToken: undefined })).toEqual([['accessToken', 'got 0 bytes, at least 1']]);
    expect(told(LoginInfoSchema, { accessToken: null })).toEqual([['accessToken', 'expected string, got null']]);
    expect(models.LoginInfo.check({})).toEqual([{ path: 'accessToken', rule: 'min_bytes', message: 'got 0 bytes, at least 1' }]);
  });

  it('and has no default is not set', () => {
    const data = { $case: 'privateMessage', value: { sender: { userId: 1n, terminal: 1 }, receiverId: 2n } };
    expect(told(SendInfoSchema, { cmd: 4, data })).toEqual([['data.value.content', 'not set']]);
    expect(told(TopicMessageSchema, { topic: 't' })).toEqual([
      ['payload', 'not set, needs one of receiveInfo, sendResult, raw, sessionEvent, uplinkInfo'],
    ]);
  });

  it('gives encodeFrame the same issues', () => {
    expect(issuesOfError(() => encodeFrame('LoginInfo', {}))).toEqual([
      { path: 'accessToken', rule: 'min_bytes', message: 'got 0 bytes, at least 1' },
    ]);
    expect(issuesOfError(() => encodeFrame('SendInfo', { cmd: 1, data: { $case: 'login', value: {} } }))).toEqual([
      { path: 'login.accessToken', rule: 'min_bytes', message: 'got 0 bytes, at least 1' },
    ]);
  });
});
