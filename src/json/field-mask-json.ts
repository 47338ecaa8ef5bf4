import { invalid } from './place.js';
import { scalarFromJson } from './scalar-from-json.js';
import type { WellKnown } from './well-known.js';

/** FieldMask: one string, the paths in lowerCamelCase with commas between. */
export const fieldMaskJson: WellKnown = {
  toJson(_table, message, at) {
    const { paths = [] } = message as { paths?: readonly string[] };
    const camel = paths.map((path, i) => {
      // A path that would not read back as it was has no JSON: fooBar, foo__bar, foo_3.
      if (!/^([^A-Z_,]|_[a-z])*$/.test(path)) throw invalid(at.named('paths').item(i), 'format', 'not in lower_snake_case');
      return path.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    });
    return camel.join(',');
  },

  fromJson(_table, value, at) {
    const text = scalarFromJson('string', value, at) as string;
    if (text.includes('_')) throw invalid(at, 'format', 'not in lowerCamelCase');
    const paths = text === '' ? [] : text.split(',');
    return { paths: paths.map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) };
  },
};
