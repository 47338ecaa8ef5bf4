// Part of `npm run generate`: writes proto-protovalidate/im/, the schema with the rules of buf.validate beside ours. proto-protovalidate/buf/ is a
// copy of protovalidate's own file.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = 'proto-protovalidate';

const template = {
  version: 'v2',
  inputs: [{ directory: 'proto' }],
  plugins: [
    {
      local: ['node', '--import', 'tsx', 'scripts/protoc-gen-im-protocol/main.ts'],
      out: OUT,
      strategy: 'all',
      opt: ['runtime=../src', 'protovalidate=true'],
    },
  ],
};

rmSync(`${ROOT}/${OUT}/im`, { recursive: true, force: true });
buf(ROOT, 'generate', '--template', JSON.stringify(template));
// In the folder itself: of it, the workspace has protovalidate's own file alone.
buf(`${ROOT}/${OUT}`, 'format', '--write', '--config', '../buf.protovalidate.yaml', '--path', 'im');

function buf(cwd: string, ...args: string[]): void {
  execFileSync('buf', args, { cwd, stdio: 'inherit' });
}
