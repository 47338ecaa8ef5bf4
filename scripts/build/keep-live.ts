// In CommonJS, sucrase makes `exports.pos = chunk.pos` of an entry that exports what it has imported: a copy of the value. Generated code
// needs the present value of the reader's cursor, which moves with each read.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** The variables that entries export and that change. */
const LIVE = ['pos'];

/** Makes getters of these exports in the CommonJS form of `codegen/v1`, if it is among the files that were built. */
export function keepLive(paths: readonly string[]): void {
  for (const path of paths.filter((one) => basename(one) === 'codegen-v1.cjs')) {
    writeFileSync(path, liveExports(readFileSync(path, 'utf8')));
  }
}

/** @throws Error where one is not exported as it is known here. */
export function liveExports(code: string): string {
  return LIVE.reduce((text, name) => {
    const live = text.replace(
      new RegExp(`exports\\.${name} = (\\w+)\\.${name};`),
      `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => $1.${name} });`,
    );
    if (live === text) throw new Error(`the entry does not export ${name} in the form that is known`);
    return live;
  }, code);
}
