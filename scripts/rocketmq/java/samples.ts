import { decodeFrame, isKnownCommand, type ReceiveInfo } from '../../../src/index.js';
import { bytesOf, vectorsOf } from '../../../test/vectors/load.js';

/**
 * Every ReceiveInfo of the vectors that a platform may send: ids up to 2^63-1, text of all kinds, lists up to their limits, each command.
 *
 * Not those with a command that nobody knows, which have no topic; nor those with an Any, whose type Java would have to know to print it.
 */
export function sampleReceiveInfos(): ReceiveInfo[] {
  const vectors = ['models', 'limits', 'commands'].flatMap(vectorsOf);
  return vectors
    .filter(({ frame, negotiate }) => frame?.type === 'ReceiveInfo' && negotiate === undefined)
    .map(({ hex }) => decodeFrame(bytesOf(hex)).message as ReceiveInfo)
    .filter(({ cmd, data }) => isKnownCommand(cmd) && data?.$case !== 'custom');
}
