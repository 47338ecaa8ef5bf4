// generated/constants.ts: named numbers of the schema.
import type { DescFile } from '@bufbuild/protobuf';
import type { Model } from './model.js';
import { topLevelName } from './names.js';
import { docComment, literal } from './quote.js';
import { schemaError } from './schema-error.js';
import { Source } from './source.js';

export function emitConstants({ files, settings }: Model): Source[] {
  const out = new Source('constants.ts', 'the file settings of the schema');
  for (const file of files) {
    const declared = settings.file(file.desc);
    for (const { name, values, meaning } of declared?.constants ?? []) {
      refuseConstant(file.desc, name, values);
      out.declare(file.desc, name);
      const value = values.length === 1 ? `${values[0]}` : `[${values.join(', ')}] as const`;
      out.add(docComment(meaning), `export const ${name} = ${value};`);
    }
    if (declared && declared.features.length > 0) {
      out.declare(file.desc, 'FEATURES');
      const names = declared.features.map(literal).join(', ');
      out.add(docComment('The features of this version of the protocol.'), `export const FEATURES = [${names}] as const;`);
    }
  }
  return out.empty ? [] : [out];
}

/** Refuses a name or a value that cannot be a constant in TypeScript. */
function refuseConstant(file: DescFile, name: string, values: readonly bigint[]): void {
  if (!/^[A-Za-z_]\w*$/.test(name) || topLevelName(name) !== name) {
    throw schemaError(file, `${JSON.stringify(name)} is not a name of a constant in TypeScript`);
  }
  if (values.length === 0) throw schemaError(file, `the constant ${name} has no value`);
  const odd = values.find((value) => !Number.isSafeInteger(Number(value)));
  if (odd !== undefined) throw schemaError(file, `the constant ${name} has the value ${odd}, which is not a safe integer`);
}
