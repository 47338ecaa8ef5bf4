// A folder with a package.json for each entry, for tools that ignore `exports`: Metro up to React Native 0.78, Parcel by default, webpack 4,
// TypeScript with `moduleResolution: node10`. They get the web flavour, which runs everywhere.
import type { PublishedFile } from './published-files.js';

/** Of an entry for both flavours, `default` is the web flavour; an entry for Node has none. */
interface Conditions {
  readonly default?: Formats;
}

interface Formats {
  readonly import: Target;
  readonly require: Target;
}

interface Target {
  readonly types: string;
  readonly default: string;
}

/** @param entries `exports` of package.json. */
export function entryFolders(entries: Readonly<Record<string, string | Formats | Conditions>>): PublishedFile[] {
  return Object.entries(entries).flatMap(([name, target]) => {
    if (name === '.' || typeof target === 'string') return [];
    const folder = name.slice('./'.length);
    const up = '../'.repeat(folder.split('/').length);
    const { import: esm, require: cjs } = ('default' in target ? target.default : target) as Formats;
    const paths = { main: cjs.default, module: esm.default, types: cjs.types };
    const moved = Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, path.replace(/^\.\//, up)]));
    return [{ path: `${folder}/package.json`, text: `${JSON.stringify(moved, null, 2)}\n` }];
  });
}
