// The files are what vectors/schema.json describes, and it describes nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { allVectorsOf, FRAME_FILES, VERSION_2_FRAME_FILES, type Vector, vectorsOf } from './load.js';

const FOLDER = new URL('../../vectors/', import.meta.url);
const read = (name: string): object => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));

// Two of its warnings are about what is meant: a kind is told by keys that stand beside it, and `$repeat` may leave its third part out.
const isValid = new Ajv2020({ strict: true, strictRequired: false, strictTuples: false }).compile(read('schema.json'));
const NO_VECTORS = ['schema.json', 'version-2/reassigned.json'];
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.json') && !NO_VECTORS.includes(name));

it.each(files)('%s is as the schema describes it', (name) => {
  isValid(read(name));
  expect(isValid.errors).toBe(null);
});

it('all files are read by the tests, and have each name once', () => {
  const read = [...FRAME_FILES, 'streams', ...VERSION_2_FRAME_FILES, 'version-2/handshake'];
  expect(files.map((name) => name.replace('.json', '')).sort()).toEqual(read.sort());
  const names = read.flatMap(allVectorsOf).map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe('the schema', () => {
  const vector = vectorsOf('models')[0];
  const file = (changed: object): object => ({ description: 'd', vectors: [{ ...vector, ...changed }] });
  const refused: readonly (readonly [what: string, changed: object])[] = [
    ['a name with a capital', { name: 'Name' }],
    ['hex of half a byte', { hex: '000' }],
    ['hex in capitals', { hex: 'AB' }],
    ['a part that repeats nothing', { hex: [{ repeat: '', times: 1 }] }],
    ['a kind that has no meaning', { bytes: '00' }],
    ['two kinds at once', { error: { code: 'TRUNCATED' } }],
    ['canonical beside reencoded', { canonical: true, reencoded: '00' }],
    ['a type without a name', { frame: { ...vector.frame, type: 'SendInf' } }],
    ['flags of more than 16 bits', { frame: { ...vector.frame, flags: 65536 } }],
    ['a default that is written out', { frame: { ...vector.frame, message: { userId: false } } }],
    ['a number with a fraction', { frame: { ...vector.frame, message: { sequence: 1.5 } } }],
    ['an empty list', { frame: { ...vector.frame, message: { versions: [] } } }],
    ['a text repeated no times', { frame: { ...vector.frame, message: { text: { $repeat: ['a', 0] } } } }],
    ['a setting that nobody knows', { settings: { maxBytes: 1 } }],
    ['a limit that no frame can have', { settings: { maxFrameBytes: 7 } }],
    ['an unknown code', { frame: undefined, canonical: undefined, error: { code: 'NO_SUCH_CODE' } }],
    [
      'an unknown rule',
      { frame: undefined, canonical: undefined, error: { code: 'INVALID_MESSAGE', issues: [{ path: '', rule: 'x' }] } },
    ],
    ['canonical of what is refused', { frame: undefined, canonical: true, error: { code: 'TRUNCATED' } }],
    [
      'an outcome of two kinds',
      { frame: undefined, canonical: undefined, outcomes: [{ frame: vector.frame, break: { code: 'TRUNCATED' } }] },
    ],
    ['no kind at all', { frame: undefined, canonical: undefined }],
  ];

  it('takes what the rows below change', () => {
    expect(isValid(JSON.parse(JSON.stringify(file({}))))).toBe(true);
  });

  it.each(refused)('refuses %s', (_what, changed) => {
    expect(isValid(JSON.parse(JSON.stringify(file(changed))))).toBe(false);
  });

  const reply: Vector = vectorsOf('handshake').find(({ negotiate }) => negotiate?.welcome)!;
  it.each([
    ['no answer', { ...reply.negotiate, welcome: undefined }],
    ['two answers', { ...reply.negotiate, reject: {} }],
    ['a server without versions', { ...reply.negotiate, server: { ...reply.negotiate!.server, versions: [] } }],
  ])('refuses a negotiation with %s', (_what, negotiate) => {
    expect(isValid(JSON.parse(JSON.stringify({ description: 'd', vectors: [{ name: 'n', negotiate }] })))).toBe(false);
  });
});
