import type { Model } from './model.js';
import type { Source } from './source.js';
export function emitZod(_model: Model): Source[] {
  return [];
}
