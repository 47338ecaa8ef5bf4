import { spawnSync } from 'node:child_process';

const JDK = 17;

/** Missing requirements of the broker and the Java programs, as messages. */
export function missing(): string[] {
  const found: string[] = [];
  // The patch of RocketMQ and the programs need a compiler, which a runtime does not have.
  const compiler = versionOf('javac', '-version', /javac (\d+)/);
  const runtime = versionOf('java', '-version', /version "(\d+)/);
  for (const [name, version] of [
    ['javac', compiler],
    ['java', runtime],
  ] as const) {
    if (version === undefined) found.push(`no ${name} on the PATH: needs a JDK of version ${JDK} or newer`);
    else if (version < JDK) found.push(`${name} has version ${version}: needs a JDK of version ${JDK} or newer`);
  }
  if (versionOf('mvn', '-version', /Maven (\d+)/) === undefined) found.push('no mvn on the PATH: Maven 3 is needed');
  return found;
}

function versionOf(program: string, option: string, pattern: RegExp): number | undefined {
  const { stdout, stderr } = spawnSync(program, [option], { encoding: 'utf8' });
  // javac and java print versions to stdout or stderr, depending on the version. Maven prints colors.
  const version = pattern.exec(`${stdout}${stderr}`)?.[1];
  return version === undefined ? undefined : Number(version);
}
