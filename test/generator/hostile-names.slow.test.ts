// Names and texts of a schema that generated code could trip over: it compiles, loads, and does what it does for any other.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, createFileRegistry, type DescEnum } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { generate } from '../../scripts/protoc-gen-im-protocol/plugin.js';
import { messageFromJson, messageToJson } from '../../src/json/index.js';
import type { Codec } from '../../src/wire/codec.js';
import type { EnumTable } from '../../src/wire/table.js';
import { arbitraryMessage } from '../json/arbitrary-message.js';
import { SEED } from '../seed.js';
import { diagnosticsOf, generated, loaded, type Made } from './compiled.js';
import { FILES, HELPERS, TEXTS } from './hostile-schema.js';
import { requestOf } from './request-of.js';

type AnyCodec = Codec<object, object>;

const MINUTES = 60_000;
const isCodec = (value: unknown): value is AnyCodec => typeof value === 'object' && value !== null && 'generated' in value;

describe('hostile names and texts', () => {
  let made: Made;
  let modules: Record<string, Record<string, unknown>>;
  let codecs: AnyCodec[];
  /** All types of the files, as descriptors. */
  let types: ReturnType<typeof typesOf>;
  const typesOf = () => {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: requestOf(FILES).protoFile }));
    const files = [...registry.files].filter(({ proto }) => proto.name in FILES);
    return files.flatMap((file) => [...nestedTypes(file)]);
  };

  beforeAll(async () => {
    types = typesOf();
    made = generated(FILES);
    modules = await loaded(made);
    const files = Object.entries(modules).filter(([name]) => name.endsWith('.codec.ts'));
    codecs = files.flatMap(([, exports]) => Object.values(exports)).filter(isCodec);
  }, 5 * MINUTES);

  it('give code that compiles with every strict option', { timeout: 5 * MINUTES }, () => {
    const files = made.names.map((name) => join(made.folder, name));
    // Something that only isolatedDeclarations refuses, so that silence says something.
    const control = join(made.folder, 'control.ts');
    writeFileSync(control, 'export const control = Math.random();\n');
    expect(diagnosticsOf([control, ...files]).slice(0, 20)).toEqual([
      `${control}:1: Variable must have an explicit type annotation with --isolatedDeclarations.`,
    ]);
  });

  it('give code that loads, and runs nothing of the schema', () => {
    expect(globalThis).not.toHaveProperty('hostile');
    const names = types.filter(({ kind }) => kind === 'message').map(({ typeName }) => typeName);
    expect(codecs.map(({ typeName }) => typeName).sort()).toEqual(names.sort());
  });

  it(`give codecs that read what they write, and JSON (seed ${SEED})`, { timeout: 5 * MINUTES }, () => {
    for (const { generated, encode, decode, create } of codecs) {
      const { table } = generated;
      fc.assert(
        fc.property(arbitraryMessage(table), (message) => {
          expect(decode(encode(message))).toEqual(message);
          const json: unknown = JSON.parse(JSON.stringify(messageToJson(table, message)));
          expect(messageFromJson(table, json)).toEqual(message);
        }),
        { seed: SEED, numRuns: 3 },
      );
      expect(decode(encode({}))).toEqual(create());
    }
  });

  it('give enums that have every value, by the names of the schema in JSON', () => {
    const tables = Object.entries(modules)
      .filter(([name]) => name.endsWith('.codec.ts'))
      .flatMap(([, exports]) => Object.values(exports) as Partial<EnumTable>[])
      .filter((table): table is EnumTable => table.values !== undefined);
    const enums = types.filter((type): type is DescEnum => type.kind === 'enum');
    expect(tables.length).toBe(enums.length);
    for (const { name, values, aliases = {} } of tables) {
      const desc = enums.find(({ typeName }) => typeName === name);
      const numbers = [...Object.entries(values).map(([number, value]) => [value, Number(number)]), ...Object.entries(aliases)];
      expect(new Map(numbers as [string, number][])).toEqual(new Map(desc?.values.map((value) => [value.name, value.number])));
    }
    const { Kind0, Number$, Twin, Alias, HTTPKind } = modules['enums.ts'];
    expect(Kind0).toEqual({ ZERO: 0, abstract$: 1 });
    expect(Number$).toEqual({ NUMBER_1: 0, NUMBER_2: 2 });
    expect(Twin).toEqual({ TWIN_A: 0, A: 0, TWIN_B: 1 });
    expect(Alias).toEqual({ ALIAS_A: 0, __proto__$: 1, constructor: 1, ALIAS___proto__: 1 });
    expect(HTTPKind).toEqual({ NONE: 0, class$: 1 });
    expect(modules['prefix.ts'].A).toEqual({ DATA_X: 0, Y: 1 });
  });

  it('give checks and zod schemas that name the place', () => {
    const schemas = modules['json.zod.ts'] as Record<string, z.ZodMiniType>;
    TEXTS.forEach((text, i) => {
      const judge = (name: string, value: object) => {
        const codec = codecs.find(({ typeName }) => typeName === `json.${name}${i}`) as AnyCodec;
        const issues = codec.check(value);
        const paths = schemas[`${name}${i}Schema`].safeParse(value).error?.issues.map(({ path }) => path);
        return [issues.map(({ path, rule }) => [path, rule]), paths];
      };
      expect(judge('J', { a: 'abc' })).toEqual([[[text, 'max_bytes']], [['a']]]);
      expect(judge('L', { a: [1, 9] })).toEqual([[[`${text}[1]`, 'max']], [['a', 1]]]);
      expect(judge('M', { a: new Map([['k', { a: 'abc' }]]) })[1]).toEqual([['a', 'k', 'a']]);
      expect(judge('O', { o: { $case: 'b', value: 9 } })).toEqual([[[`${text} `, 'max']], [['o', 'value']]]);
      expect(judge('G', { a: 'a', b: 'b' })).toEqual([[['', 'at_most_one']], [[]]]);
    });
  });

  it('stay in the features of a file as they are', () => {
    expect(modules['constants.ts']).toEqual({ LIMIT: 5, LIMITS: [1, 9007199254740991], FEATURES: TEXTS });
  });

  it('are commands under their own names', () => {
    const { class$, _2fa, APPLICATION_COMMANDS } = modules['commands.ts'] as Record<string, { name: string; number: number }>;
    expect([class$.name, _2fa.name]).toEqual(['class', '_2fa']);
    expect((APPLICATION_COMMANDS as unknown as Record<number, string>)[class$.number]).toBe('class');
  });
});

describe('a message that is called as what is made of another', () => {
  it('is code that compiles, or is refused with the place', { timeout: 5 * MINUTES }, () => {
    const taken: Made[] = [];
    for (const name of HELPERS) {
      const text = `syntax = "proto3";\nmessage A { A a = 1; oneof o { B b = 2; } }\nmessage B { A a = 1; }\nmessage ${name} { A a = 1; ${name} o = 2; oneof ${name} { B b = 3; } }`;
      const files = { 'a.proto': text };
      const { error } = generate(requestOf(files, 'zod=true'));
      if (error === '') taken.push(generated(files));
      else
        expect(error).toMatch(
          new RegExp(
            `^a\\.proto:4: message ${name}: it makes \\w+ in [\\w/.]+\\.ts, and so does a\\.proto:2: message A: rename one$`,
          ),
        );
    }
    expect(taken.length).toBeGreaterThan(HELPERS.length / 2);
    expect(diagnosticsOf(taken.flatMap(({ folder, names }) => names.map((name) => join(folder, name))))).toEqual([]);
  });
});
