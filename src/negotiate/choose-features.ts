import { isGreaseFeature } from './grease.js';

/**
 * The features in force: those of the client's list, in its order and each once, that the other list has too, grease aside. The
 * server calls it with what it can, the client with Welcome.features: names that the client did not offer are ignored.
 */
export function chooseFeatures(offered: readonly string[], supported: readonly string[]): string[] {
  const others = new Set(supported);
  return [...new Set(offered)].filter((feature) => others.has(feature) && !isGreaseFeature(feature));
}
