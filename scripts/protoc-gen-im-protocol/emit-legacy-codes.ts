// generated/legacy-codes.ts: the numbers of the older JSON systems, from the enum values with `legacy_code`.
import type { DescEnum } from '@bufbuild/protobuf';
import type { Model } from './model.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { Source } from './source.js';

export function emitLegacyCodes({ files, settings }: Model, options: PluginOptions): Source[] {
  if (!isOwnRuntime(options)) return [];
  const codesOf = (desc: DescEnum): [name: string, code: number][] =>
    desc.values.flatMap((value) => {
      const code = settings.value(value)?.legacyCode;
      return code === undefined ? [] : [[value.localName, code]];
    });
  const enums = files.flatMap((file) => file.enums).filter((desc) => codesOf(desc).length > 0);
  if (enums.length === 0) return [];
  const out = new Source('legacy-codes.ts', 'the option legacy_code of the schema');
  out.add(docComment('The numbers of enum values in the older JSON systems, by enum and name of the value without its prefix.'));
  out.add('export const LEGACY_CODES = {');
  for (const desc of enums) {
    out.add(`  ${desc.name}: {`, ...codesOf(desc).map(([name, code]) => `    ${literal(name).slice(1, -1)}: ${code},`), '  },');
  }
  out.add('} as const;');
  return [out];
}
