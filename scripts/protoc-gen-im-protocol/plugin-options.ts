/** Where generated code finds the runtime and the types; paths are relative to the folder that is generated into. */
export interface PluginOptions {
  /** Folder of the runtime, or a package: `../src`, `@im/protocol`. */
  readonly runtime: string;
  /** Folder of ts-proto's output. */
  readonly types: string;
}

export function parseOptions(raw: { key: string; value: string }[]): PluginOptions {
  const options = { runtime: '../src', types: 'types' };
  for (const { key, value } of raw) {
    if (key !== 'runtime' && key !== 'types') throw new Error(`unknown option ${key}`);
    options[key] = value;
  }
  return options;
}
