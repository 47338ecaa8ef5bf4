// Checks the templates of languages without a program in interop/: generates code, without compiling it.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Result } from '../report.js';
import { generateCode, TOOLS } from './install/generate-code.js';
import { PROJECT } from './install/install-package.js';

interface Template {
  readonly language: string;
  /** As in buf.gen.<name>.yaml. */
  readonly name: string;
  readonly ending: string;
  /** A separate protoc plugin; without it, the template is not tested. */
  readonly plugin?: string;
}

const TEMPLATES: readonly Template[] = [
  { language: 'C#', name: 'csharp', ending: '.cs' },
  { language: 'Swift', name: 'swift', ending: '.swift', plugin: 'protoc-gen-swift' },
];

export async function checkTemplates(): Promise<Result[]> {
  const results: Result[] = [];
  for (const template of TEMPLATES) results.push(await checkTemplate(template));
  return results;
}

async function checkTemplate({ language, name, ending, plugin }: Template): Promise<Result> {
  const check = 'template for buf';
  if (plugin !== undefined && !isInstalled(plugin)) {
    return { subject: language, check, passed: 0, failed: [], note: `not tested: no ${plugin} on the PATH` };
  }
  const folder = join(PROJECT, name);
  await generateCode(name, folder);
  const files = readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith(ending)).length;
  const failed = files === 0 ? [`no file that ends with ${ending}`] : [];
  return {
    subject: language,
    check,
    passed: failed.length === 0 ? 1 : 0,
    failed,
    note: `${files} files ${ending}, not compiled: Debian has no library Google.Protobuf`,
  };
}

function isInstalled(plugin: string): boolean {
  return [TOOLS, ...(process.env.PATH ?? '').split(delimiter)].some((folder) => existsSync(join(folder, plugin)));
}
