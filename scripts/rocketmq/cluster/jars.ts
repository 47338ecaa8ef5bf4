// Downloads RocketMQ from Maven Central.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE } from '../cache.js';
import { runMaven } from '../maven.js';

export const ROCKETMQ_VERSION = '5.3.3';
const PARTS = ['rocketmq-namesrv', 'rocketmq-proxy'];
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const PATCH = fileURLToPath(new URL('LoopbackPatch.java', import.meta.url));

const FOLDER = join(CACHE, `rocketmq-${ROCKETMQ_VERSION}`);

/** Downloads the jars once (91 MB) and returns the class path, with the patched classes first. */
export function installJars(): string {
  if (!existsSync(FOLDER)) {
    const made = `${FOLDER}-new`;
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made);
    download(made);
    patch(made);
    // Renamed when complete, so that an interrupted run leaves no incomplete folder.
    renameSync(made, FOLDER);
  }
  return [join(FOLDER, 'patch'), join(FOLDER, 'lib', '*')].join(delimiter);
}

function download(folder: string): void {
  const pom = join(folder, 'pom.xml');
  writeFileSync(pom, project());
  runMaven('-f', pom, COPY, '-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`);
}

/** Compiles the patch. See LoopbackPatch.java. */
function patch(folder: string): void {
  execFileSync('java', ['-Xmx128m', '-cp', join(folder, 'lib', '*'), PATCH, join(folder, 'patch')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** A Maven project without code, with the dependencies of RocketMQ's distribution. */
function project(): string {
  const ids = (artifact: string): string =>
    `<groupId>org.apache.rocketmq</groupId><artifactId>${artifact}</artifactId><version>${ROCKETMQ_VERSION}</version>`;
  const parts = PARTS.map((part) => `<dependency>${ids(part)}</dependency>`).join('');
  const versions = `<dependency>${ids('rocketmq-all')}<type>pom</type><scope>import</scope></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>rocketmq</artifactId><version>1</version><packaging>pom</packaging>
<dependencyManagement><dependencies>${versions}</dependencies></dependencyManagement>
<dependencies>${parts}</dependencies></project>
`;
}
