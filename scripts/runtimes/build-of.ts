/** The builds of the package, between which its `exports` choose. */
export type Build = 'Node' | 'web';

/** What one build has in each bundle, however it is minified, and the other has not: a method of Buffer, and a line of the schema text. */
const MARKS: Readonly<Record<Build, string>> = { Node: 'utf8Write', web: '>SendInfo f' };

/** The build of the package in a bundle. @throws Error if it has both, or none. */
export function buildOf(bundle: string): Build {
  const found = (Object.keys(MARKS) as Build[]).filter((build) => bundle.includes(MARKS[build]));
  if (found.length !== 1) throw new Error(`the bundle has the builds [${found.join(', ')}] of the package, expected one`);
  return found[0];
}
