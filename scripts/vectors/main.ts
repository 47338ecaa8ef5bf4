// `npm run vectors`: writes vectors/version-2/ from the schema. The bytes are those of @bufbuild/protobuf, the rules are read from the options
// of the schema: nothing here calls the codecs or the checks of this library, which the vectors test.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vector } from '../../test/vectors/vector.js';
import { ROOT } from '../breaking/baseline.js';
import { commandVectors } from './commands.js';
import { frameVectors } from './frames.js';
import { handshakeVectors } from './handshake.js';
import { limitVectors } from './limits.js';
import { modelVectors } from './models.js';
import { version1Vectors } from './version-1.js';

const FOLDER = join(ROOT, 'vectors/version-2');

mkdirSync(FOLDER, { recursive: true });
write('models', 'Every message that version 2 adds or extends: minimal, full, each member of each oneof, and what later versions add.', modelVectors());
write('limits', 'Every field that version 2 adds, one below, on and one above each limit, and the rules of its messages.', limitVectors());
write('commands', 'Every command with each member of the data and with none, wherever a command occurs, beyond the vectors of version 1.', commandVectors());
write('frames', 'Headers with version 2, and the types that it adds.', frameVectors());
write('version-1', 'Frames of version 1 with something of version 2. What a writer must not put there has no canonical encoding.', version1Vectors());
write('handshake', 'The choice between versions 1 and 2.', handshakeVectors());

/** A line for each vector. */
function write(name: string, description: string, vectors: readonly Vector[]): void {
  const lines = vectors.map((vector) => `    ${JSON.stringify(vector)}`);
  const head = `{\n  "$schema": "../schema.json",\n  "description": ${JSON.stringify(description)},\n  "vectors": [\n`;
  writeFileSync(join(FOLDER, `${name}.json`), `${head}${lines.join(',\n')}\n  ]\n}\n`);
  console.log(`version-2/${name}.json: ${vectors.length} vectors`);
}
