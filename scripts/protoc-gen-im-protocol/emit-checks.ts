import type { Model } from './model.js';
import type { Source } from './source.js';
export function emitChecks(_model: Model): Source[] {
  return [];
}
