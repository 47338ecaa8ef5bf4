// The files of vectors/version-2/.
import type { Vector } from '../../test/vectors/vector.js';
import { commandVectors } from './commands.js';
import { frameVectors } from './frames.js';
import { handshakeVectors } from './handshake.js';
import { limitVectors } from './limits.js';
import { modelVectors } from './models.js';
import { version1Vectors } from './version-1.js';

interface File {
  readonly name: string;
  readonly description: string;
  vectors(): Vector[];
}

export const FILES: readonly File[] = [
  {
    name: 'models',
    description:
      'Every message that version 2 adds or extends: minimal, full, each member of each oneof, and what later versions add.',
    vectors: modelVectors,
  },
  {
    name: 'limits',
    description: 'Every field that version 2 adds, one below, on and one above each limit, and the rules of its messages.',
    vectors: limitVectors,
  },
  {
    name: 'commands',
    description:
      'Every command with each member of the data and with none, wherever a command occurs, beyond the vectors of version 1.',
    vectors: commandVectors,
  },
  { name: 'frames', description: 'Headers with version 2, and the types that it adds.', vectors: frameVectors },
  {
    name: 'version-1',
    description: 'Frames of version 1 with something of version 2. What a writer must not put there has no canonical encoding.',
    vectors: version1Vectors,
  },
  { name: 'handshake', description: 'The choice between versions 1 and 2.', vectors: handshakeVectors },
];
