// The files that are published in another form: package.json without development properties, and pages in which links to files outside of the
// package lead to the repository at the tag of this release. And those that exist only in the package: a folder for each entry.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { entryFolders } from './entry-folders.js';

export interface PublishedFile {
  /** Relative to the folder of the package. */
  readonly path: string;
  readonly text: string;
}

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly repository: { readonly url: string };
  readonly exports: Parameters<typeof entryFolders>[0];
}

/** Properties of package.json that are only needed in the repository. */
const DEVELOPMENT = ['packageManager', 'scripts', 'devDependencies', 'overrides', 'allowScripts'];
const PAGES = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'vectors/README.md'];
/** Files that npm always packs. */
const ALWAYS_PACKED = ['package.json', 'README.md', 'LICENSE'];

/** The files in their published form. @param root the folder of the package. */
export function publishedFiles(root: string): PublishedFile[] {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const folders = entryFolders(manifest.exports);
  const published = Object.fromEntries(Object.entries(manifest).filter(([key]) => !DEVELOPMENT.includes(key)));
  const files = [...manifest.files, ...new Set(folders.map(({ path }) => path.slice(0, path.indexOf('/'))))];
  return [
    { path: 'package.json', text: `${JSON.stringify({ ...published, files }, null, 2)}\n` },
    ...folders,
    ...PAGES.map((path) => ({ path, text: withAbsoluteLinks(read(path), path, root, manifest) })),
  ];
}

function withAbsoluteLinks(page: string, path: string, root: string, manifest: Manifest): string {
  const absolute = (link: string, target: string): string => {
    if (/^(#|[a-z]+:)/.test(target)) return link;
    const [name, anchor] = target.split('#');
    const file = posix.join(posix.dirname(path), name);
    if (isPacked(file, manifest)) return link;
    return `](${repositoryUrl(manifest, root, file)}${anchor === undefined ? '' : `#${anchor}`})`;
  };
  // Every second part is a fenced code block.
  const parts = page.split(/^( *```[\s\S]*?^ *```$)/m);
  return parts.map((part, i) => (i % 2 === 0 ? part.replace(/\]\(([^)\s]+)\)/g, absolute) : part)).join('');
}

function isPacked(file: string, { files }: Manifest): boolean {
  return [...files, ...ALWAYS_PACKED].some((packed) => file === packed || file.startsWith(`${packed}/`));
}

/** @throws Error if the repository does not have the file. */
function repositoryUrl({ repository, version }: Manifest, root: string, file: string): string {
  if (!existsSync(join(root, file))) throw new Error(`a page links to ${file}, which does not exist`);
  const kind = file.endsWith('.svg') ? 'raw' : statSync(join(root, file)).isDirectory() ? 'tree' : 'blob';
  return `${repository.url.replace(/^git\+|\.git$/g, '')}/${kind}/v${version}/${file}`;
}
