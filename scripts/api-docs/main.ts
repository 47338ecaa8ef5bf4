// `npm run docs:api`: generates the API reference in docs/api/ with TypeDoc, for all entries of package.json. Types that are used but not
// exported, and broken links, are errors.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Application, Converter, ReflectionKind } from 'typedoc';
import { ROOT } from '../breaking/baseline.js';

const OUTPUT = join(ROOT, 'docs/api');

const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  exports: Record<string, unknown>;
};

/** The entries that are code, by their source. */
const entries = new Map(
  Object.entries(exports)
    .filter(([entry, target]) => typeof target === 'object' && !entry.includes('*'))
    .map(([entry]) => [sourceOf(entry), `${name}${entry.slice(1)}`]),
);

/** Types in the signatures of functions that only generated code calls. */
const NOT_EXPORTED = [
  'FieldTable',
  'FrameEntry',
  'CodecError',
  'Issues',
  'Items',
  'Errors',
  'PlannedTypes',
  'MessagePlan',
  'EnumPlan',
  // The parts of aliases: their members are shown where they are used.
  'LegacyBodyOf',
  'Group',
  '__object.Command',
  // Values of the rules that only generated code makes.
  'src/wire/standard/messages.ts:Any',
  'src/wire/standard/messages.ts:FieldMask',
  'src/wire/standard/messages.ts:Time',
  'src/wire/standard/scalars.ts:Amount',
  'src/wire/standard/scalars.ts:Bound',
  'src/wire/standard/bytes.ts:Bytes',
  'src/wire/standard/rule.ts:Scalar',
  'src/wire/standard/ip.ts:Version',
];

const app = await Application.bootstrapWithPlugins({
  name,
  // In the entries a message is an alias of the type with the fields.
  entryPoints: [...entries.keys(), join(ROOT, 'scripts/api-docs/messages.ts')],
  intentionallyNotExported: NOT_EXPORTED,
  tsconfig: join(ROOT, 'scripts/api-docs/tsconfig.json'),
  out: OUTPUT,
  readme: 'none',
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  // Other packages have their own documentation.
  excludeExternals: true,
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: false },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
});

// Names a module by its import specifier.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    const source = project.getSymbolIdFromReflection(module)?.fileName?.match(/src\/.*$/)?.[0];
    if (source !== undefined) module.name = entries.get(join(ROOT, source)) ?? module.name;
  }
});

const project = await app.convert();
if (project === undefined) process.exit(1);
app.validate(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateOutputs(project);
console.log(`${relative(ROOT, join(OUTPUT, 'index.html'))}: ${entries.size} modules`);

function sourceOf(entry: string): string {
  const folder = join(ROOT, 'src', entry.slice(1));
  const file = `${folder}.ts`;
  return existsSync(file) ? file : join(folder, 'index.ts');
}
