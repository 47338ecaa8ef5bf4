import { SchemaError } from './schema-error.js';

/** Options in `opt` of buf.gen.yaml. */
export interface PluginOptions {
  /** The package that generated code imports, or (in this repository) the folder src/, relative to the output. */
  readonly runtime: string;
  /** Generate zod schemas. */
  readonly zod: boolean;
  /** `fast`: code for each message. `compact`: a text of the schema, which the package interprets. */
  readonly form: 'fast' | 'compact';
  /** Generate .proto files with the rules of buf.validate beside ours, and no TypeScript. */
  readonly protovalidate: boolean;
  /** Generate the types of im/options/v1, which this generator uses. */
  readonly schema_options: boolean;
}

const DEFAULTS: PluginOptions = {
  runtime: '@im/protocol',
  zod: false,
  form: 'fast',
  protovalidate: false,
  schema_options: false,
};

/** @param parameter `runtime=../src,zod=true` */
export function parseOptions(parameter: string): PluginOptions {
  const options: Record<string, string | boolean> = { ...DEFAULTS };
  // `schema_options` is internal.
  const offered = Object.keys(DEFAULTS).filter((name) => name !== 'schema_options');
  for (const option of parameter.split(',').filter((text) => text !== '')) {
    const [key, value = 'true'] = option.split(/=(.*)/s);
    if (key === 'target' && value !== 'ts') throw new SchemaError(`option target=${value}: only ts is supported`);
    if (key === 'target') continue;
    if (!Object.hasOwn(DEFAULTS, key)) throw new SchemaError(`unknown option ${key}: expected ${offered.join(', ')}`);
    if (key === 'form' && value !== 'fast' && value !== 'compact')
      throw new SchemaError(`option form=${value}: expected fast or compact`);
    if (typeof options[key] === 'string') options[key] = value;
    else if (/^(true|false)$/.test(value)) options[key] = value === 'true';
    else throw new SchemaError(`option ${key}=${value}: expected true or false`);
  }
  return options as unknown as PluginOptions;
}

/** True if the runtime is a folder, as in this repository. */
export function isOwnRuntime({ runtime }: PluginOptions): boolean {
  return runtime.startsWith('.');
}
