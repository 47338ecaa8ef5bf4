// In CommonJS, sucrase compiles a re-export to `exports.pos = chunk.pos`: a copy of the value. Generated code needs the current value of the
// reader's cursor, which moves with each read, as in an ES module: so these exports become getters.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** The exported variables that change. */
const LIVE = ['pos'];

/** Turns these exports into getters in the CommonJS build of `codegen/v1`, if it is among the built files. */
export function keepLive(paths: readonly string[]): void {
  for (const path of paths.filter((one) => basename(one) === 'codegen-v1.cjs')) {
    writeFileSync(path, liveExports(readFileSync(path, 'utf8')));
  }
}

/** @throws Error if an export does not have the expected form. */
export function liveExports(code: string): string {
  return LIVE.reduce((text, name) => {
    const live = text.replace(
      new RegExp(`exports\\.${name} = (\\w+)\\.${name};`),
      `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => $1.${name} });`,
    );
    if (live === text) throw new Error(`the entry does not export ${name} in the expected form`);
    return live;
  }, code);
}
