// What the package makes of the test vectors here.
import { judge, readFrame, readStream } from '../../runtimes/program/read-vectors.js';
import type { VectorApi } from '../realm-apis.js';
import { expose } from './realm/expose.js';

expose<VectorApi>({
  readFrames: (vectors) => vectors.map(readFrame),
  readStreams: (vectors, pieceBytes) => vectors.map((vector) => readStream(vector, pieceBytes)),
  negotiate: (vectors) => vectors.map(judge),
});
