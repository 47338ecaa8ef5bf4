// Downloads the C and C++ libraries of a newer Debian, for the conformance runner. apt uses the mirror of this machine, but a separate
// configuration and package lists: the machine is not changed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './cache.js';

/** Debian 13. */
const RELEASE = 'trixie';
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const APT = join(CACHE, 'apt');

/**
 * On top of the machine's own, which says how the mirror is reached. None of its hooks run; and root stays root, because the user that
 * apt downloads as otherwise may not write here.
 */
const CONFIGURATION = `
Dir::Etc::SourceList "${APT}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "${APT}/lists";
Dir::State::Status "/dev/null";
Dir::Cache "${APT}";
APT::Architecture "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`;

/** The dynamic loader, in the folder of the libraries. */
export const LOADER = 'ld-linux-x86-64.so.2';

/** Downloads the libraries once and returns their folder. */
export function installLibraries(): string {
  const root = join(CACHE, RELEASE);
  if (!existsSync(root)) {
    const unpacked = join(CACHE, `${RELEASE}-new`);
    rmSync(unpacked, { recursive: true, force: true });
    mkdirSync(unpacked);
    for (const archive of downloadPackages()) execFileSync('dpkg-deb', ['-x', archive, unpacked]);
    // Renamed when complete, so that an interrupted run leaves no incomplete folder.
    renameSync(unpacked, root);
    rmSync(APT, { recursive: true });
  }
  return join(root, 'usr/lib/x86_64-linux-gnu');
}

/** Paths of the packages. Other repositories may use the names of Debian releases, too, but do not have the newer one. */
function downloadPackages(): string[] {
  const failures: string[] = [];
  for (const mirror of mirrors()) {
    try {
      return downloadFrom(mirror);
    } catch (error) {
      failures.push(String(error));
    }
  }
  throw new Error(`the runner needs a newer glibc, and apt knows no mirror that has Debian ${RELEASE}\n${failures.join('\n')}`);
}

/** The mirrors that apt on this machine uses. */
function mirrors(): string[] {
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const format = '$(RELEASE) $(REPO_URI)';
  const targets = apt(['indextargets', '--no-release-info', '--format', format, 'Created-By: Packages'], CACHE).split('\n');
  return [...new Set(targets.filter((line) => line.startsWith(`${codename} `)).map((line) => line.split(' ')[1]))];
}

function downloadFrom(mirror: string): string[] {
  rmSync(APT, { recursive: true, force: true });
  for (const name of ['lists/partial', 'archives/partial', 'packages']) mkdirSync(join(APT, name), { recursive: true });
  writeFileSync(join(APT, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${RELEASE} main\n`);
  writeFileSync(join(APT, 'apt.conf'), CONFIGURATION);
  const packages = join(APT, 'packages');
  const configured = ['-c', join(APT, 'apt.conf')];
  apt([...configured, 'update'], packages);
  apt([...configured, 'download', ...PACKAGES], packages);
  return readdirSync(packages).map((name) => join(packages, name));
}

function apt(args: readonly string[], cwd: string): string {
  return execFileSync('apt-get', ['-q', ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
