import { spawnSync } from 'node:child_process';

const JDK = 17;

/** What is missing on this machine for a broker and for programs in Java, a sentence each. */
export function missing(): string[] {
  const found: string[] = [];
  // The compiler: a runtime alone has none, and both the patch of RocketMQ and the programs need one.
  const compiler = versionOf('javac', '-version', /javac (\d+)/);
  const runtime = versionOf('java', '-version', /version "(\d+)/);
  for (const [name, version] of [
    ['javac', compiler],
    ['java', runtime],
  ] as const) {
    if (version === undefined) found.push(`no ${name} on the PATH: a JDK of version ${JDK} or newer is needed`);
    else if (version < JDK) found.push(`${name} is of version ${version}: a JDK of version ${JDK} or newer is needed`);
  }
  if (versionOf('mvn', '-version', /Maven (\d+)/) === undefined) found.push('no mvn on the PATH: Maven 3 is needed');
  return found;
}

function versionOf(program: string, option: string, pattern: RegExp): number | undefined {
  const { stdout, stderr } = spawnSync(program, [option], { encoding: 'utf8' });
  // javac and java write to different channels, and not the same ones in all versions. Maven colours its answer.
  const version = pattern.exec(`${stdout}${stderr}`)?.[1];
  return version === undefined ? undefined : Number(version);
}
