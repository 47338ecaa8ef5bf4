import { tmpdir } from 'node:os';
import { runCommand } from '../run-command.js';

/** Version of an installed package, without the revision of Debian. */
export async function versionOfPackage(name: string): Promise<string> {
  // `2.50.6-1~deb12u2`
  const version = await runCommand('dpkg-query', ['--show', `--showformat=\${Version}\n`, name], { cwd: tmpdir() });
  return String(version).split(/[-\n]/)[0];
}
