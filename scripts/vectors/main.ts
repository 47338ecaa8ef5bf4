// `npm run vectors`: writes vectors/version-2/ from the schema. The bytes are those of @bufbuild/protobuf, the rules are read from the options
// of the schema: nothing here calls the codecs or the checks of this library, which the vectors test.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { FILES } from './files.js';

for (const { name, description, vectors } of FILES) {
  // A line for each vector.
  const lines = vectors().map((vector) => `    ${JSON.stringify(vector)}`);
  const head = `{\n  "$schema": "../schema.json",\n  "description": ${JSON.stringify(description)},\n  "vectors": [\n`;
  writeFileSync(join(ROOT, 'vectors/version-2', `${name}.json`), `${head}${lines.join(',\n')}\n  ]\n}\n`);
  console.log(`vectors/version-2/${name}.json: ${lines.length} vectors`);
}
