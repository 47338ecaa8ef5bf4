// Metro, the bundler of React Native, without React Native itself.

export const METRO = {
  tool: 'metro',
  folder: 'metro',
  dependencies: { metro: '0.84', '@react-native/babel-preset': '0.84', '@babel/core': '7', '@react-native/js-polyfills': '0.84' },
} as const;

/** Arguments of Node, which writes `out/main.js`. */
export const METRO_ARGS = ['metro.cjs'];

/** As React Native up to 0.78 and since. */
export function metroFiles(hasExports: boolean, entry = 'main.mjs'): Record<string, string> {
  return {
    'babel.config.js': `module.exports = { presets: ['module:@react-native/babel-preset'] };`,
    'metro.cjs': `
const Metro = require('metro');
(async () => {
  const config = await Metro.loadConfig({}, { projectRoot: __dirname });
  config.resolver.unstable_enablePackageExports = ${hasExports};
  config.resolver.resolverMainFields = ['react-native', 'browser', 'main'];
  config.resolver.sourceExts = ['js', 'json', 'mjs', 'cjs'];
  config.resolver.blockList = [/\\/out\\//];
  config.maxWorkers = 1;
  await Metro.runBuild(config, { entry: '${entry}', out: 'out/main.js', platform: 'android', minify: false, dev: false });
})().catch((error) => { console.error(error); process.exit(1); });
`,
  };
}
