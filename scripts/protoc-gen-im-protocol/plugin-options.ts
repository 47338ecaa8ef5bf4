import { SchemaError } from './schema-error.js';

/** What `opt` of buf.gen.yaml says. */
export interface PluginOptions {
  /** What generated code imports: the package, or (in this repository) the folder src/, relative to the output. */
  readonly runtime: string;
  /** Write zod schemas as well. */
  readonly zod: boolean;
  /** Write the types of im/options/v1 as well: this generator is made with them. */
  readonly schema_options: boolean;
}

const DEFAULTS: PluginOptions = { runtime: '@im/protocol', zod: false, schema_options: false };

/** @param parameter `runtime=../src,zod=true` */
export function parseOptions(parameter: string): PluginOptions {
  const options: Record<string, string | boolean> = { ...DEFAULTS };
  // The option for this generator itself is no offer.
  const offered = Object.keys(DEFAULTS).filter((name) => name !== 'schema_options');
  for (const option of parameter.split(',').filter((text) => text !== '')) {
    const [key, value = 'true'] = option.split(/=(.*)/s);
    if (key === 'target' && value !== 'ts') throw new SchemaError(`option target=${value}: what is generated is TypeScript`);
    if (key === 'target') continue;
    if (!Object.hasOwn(DEFAULTS, key)) throw new SchemaError(`unknown option ${key}: there are ${offered.join(', ')}`);
    if (typeof options[key] === 'string') options[key] = value;
    else if (/^(true|false)$/.test(value)) options[key] = value === 'true';
    else throw new SchemaError(`option ${key}=${value}: true or false is wanted`);
  }
  return options as unknown as PluginOptions;
}

/** The runtime is a folder, as here, and not a package. */
export function isOwnRuntime({ runtime }: PluginOptions): boolean {
  return runtime.startsWith('.');
}
