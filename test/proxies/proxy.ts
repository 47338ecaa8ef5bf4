// nginx and HAProxy with the configurations of examples/deployment/, on a port that the system has picked.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Certificate, createCertificate, deploymentFile, temporaryFolder } from './files.js';
import { type InheritedPort, inheritedPort } from './ports.js';
import { installed, program } from './programs.js';

export interface RunningProxy {
  readonly port: number;
  readonly ca: Buffer;
  /** What it has written to its log. */
  log(): string;
}

export interface Upstreams {
  /** The ports of the two servers. */
  readonly ports: readonly [number, number];
  /** Other replacements in the configuration. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/** @param kind `http` is nginx/im-http.conf, `stream` is nginx/im-stream.conf. */
export async function startNginx(kind: 'http' | 'stream', upstreams: Upstreams): Promise<RunningProxy> {
  const { folder, certificate, port } = await prepare();
  const listen = kind === 'http' ? 'listen 443 ssl' : 'listen 9443 ssl';
  writeFileSync(
    join(folder, 'im.conf'),
    deploymentFile(`nginx/im-${kind}.conf`, {
      [listen]: `listen 127.0.0.1:${port.port} ssl`,
      '/etc/ssl/im.crt': certificate.cert,
      '/etc/ssl/im.key': certificate.key,
      ...withPorts(upstreams),
    }),
  );
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
  const paths = [
    'client_body_temp_path body',
    'proxy_temp_path proxy',
    'fastcgi_temp_path fastcgi',
    'uwsgi_temp_path uwsgi',
    'scgi_temp_path scgi',
  ];
  const context =
    kind === 'http' ? `http { access_log off; ${paths.join('; ')}; include im.conf; }` : 'stream { include im.conf; }';
  const module = `load_module ${installed('/usr/lib/nginx/modules/ngx_stream_module.so')};`;
  const main = [
    ...(kind === 'stream' ? [module] : []),
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off; worker_processes 1; pid nginx.pid; error_log stderr info;',
    'events { worker_connections 1024; }',
    context,
  ];
  writeFileSync(join(folder, 'nginx.conf'), main.join('\n'));
  const nginx = program('/usr/sbin/nginx');
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  // nginx takes over listening sockets by this variable, as when its program is replaced.
  return start(nginx.path, args, { ...nginx.env, NGINX: '3;' }, port, certificate);
}

export async function startHaproxy(upstreams: Upstreams): Promise<RunningProxy> {
  const { folder, certificate, port } = await prepare();
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    deploymentFile('haproxy/haproxy.cfg', {
      'bind :9443': 'bind fd@3',
      'maxconn 100000': 'maxconn 1000',
      '/etc/ssl/im.pem': certificate.pem,
      ...withPorts(upstreams),
    }),
  );
  const haproxy = program('/usr/sbin/haproxy');
  return start(haproxy.path, ['-db', '-f', join(folder, 'haproxy.cfg')], haproxy.env, port, certificate);
}

async function prepare(): Promise<{ folder: string; certificate: Certificate; port: InheritedPort }> {
  const folder = temporaryFolder();
  return { folder, certificate: createCertificate(folder), port: await inheritedPort() };
}

function withPorts({ ports, replaced }: Upstreams): Record<string, string> {
  return { '127.0.0.1:9001': `127.0.0.1:${ports[0]}`, '127.0.0.1:9002': `127.0.0.1:${ports[1]}`, ...replaced };
}

function start(
  path: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  { port, fd, release }: InheritedPort,
  { ca }: Certificate,
): RunningProxy {
  const child: ChildProcess = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe', fd] });
  release();
  let log = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (log += text));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(log.slice(-5000));
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  return { port, ca, log: () => log };
}
