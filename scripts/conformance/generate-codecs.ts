import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from './cache.js';

/** Runs our plugin for the messages of the suite. Fast, so it runs each time: the generator may have changed. */
export function generateCodecs(): void {
  const bin = join(ROOT, 'node_modules/.bin');
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/@bufbuild/buf/bin/buf'), 'generate', '--template', 'scripts/conformance/buf.gen.yaml'],
    {
      cwd: ROOT,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
      stdio: 'inherit',
    },
  );
}
