// `npm run sizes:check`: bundles of the web flavour stay below the limits in scripts/sizes/measured.json. The folder dist/ is what is measured:
// `npm run build` first.
import { readFileSync } from 'node:fs';

const measured = JSON.parse(readFileSync(new URL('scripts/sizes/measured.json', import.meta.url), 'utf8'));

export default measured.map(({ name, entry, import: names, external = [], limit }) => ({
  name,
  path: `dist/web/${entry}.js`,
  import: names,
  gzip: true,
  limit,
  modifyEsbuildConfig: (config) => ({
    ...config,
    // size-limit leaves out all peer dependencies; here the measurement says which.
    external,
    target: 'es2022',
    platform: 'browser',
    logOverride: { 'ignored-bare-import': 'silent' },
  }),
}));
