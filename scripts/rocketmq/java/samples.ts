import { decodeFrame, isKnownCommand, type ReceiveInfo } from '../../../src/index.js';
import { bytesOf, vectorsOf } from '../../../test/vectors/load.js';

/**
 * Every ReceiveInfo of the vectors that a platform may send: ids up to 2^63-1, all kinds of text, lists up to their limits, each command.
 * Without unknown commands, which have no topic, and without Any, whose type Java would need to print it.
 */
export function sampleReceiveInfos(): ReceiveInfo[] {
  const vectors = ['models', 'limits', 'commands'].flatMap(vectorsOf);
  return vectors
    .filter(({ frame, negotiate }) => frame?.type === 'ReceiveInfo' && negotiate === undefined)
    .map(({ hex }) => decodeFrame(bytesOf(hex)).message as ReceiveInfo)
    .filter(({ cmd, data }) => isKnownCommand(cmd) && data?.$case !== 'custom');
}
