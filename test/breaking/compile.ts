import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildImage, ROOT } from '../../scripts/breaking/baseline.js';
import { readSchema, type Schema } from '../../scripts/breaking/schema.js';

/** Compiles files, with our options beside them. */
export function compile(files: Readonly<Record<string, string>>): Schema {
  const folder = mkdtempSync(join(tmpdir(), 'im-breaking-'));
  try {
    cpSync(join(ROOT, 'proto/im/options'), join(folder, 'im/options'), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return readSchema(buildImage(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
