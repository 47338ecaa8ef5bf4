// generated/constants.ts: the named numbers of the schema's files.
import { docComment } from './doc-comment.js';
import type { Model } from './model.js';
import { Source } from './source.js';

export function emitConstants({ files, settings }: Model): Source[] {
  const out = new Source('constants.ts', 'the file settings of the schema');
  for (const file of files) {
    const declared = settings.file(file.desc);
    for (const { name, values, meaning } of declared?.constants ?? []) {
      out.declare(file.desc.proto.name, name);
      const value = values.length === 1 ? `${values[0]}` : `[${values.join(', ')}] as const`;
      out.add(docComment(meaning), `export const ${name} = ${value};`);
    }
    if (declared && declared.features.length > 0) {
      out.declare(file.desc.proto.name, 'FEATURES');
      const names = declared.features.map((name) => `'${name}'`).join(', ');
      out.add(
        docComment('The features that this version of the protocol knows.'),
        `export const FEATURES = [${names}] as const;`,
      );
    }
  }
  return out.empty ? [] : [out];
}
