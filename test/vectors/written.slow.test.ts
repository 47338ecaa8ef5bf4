// vectors/version-2/ is what `npm run vectors` writes.
import { expect, it } from 'vitest';
import { FILES } from '../../scripts/vectors/files.js';
import { allVectorsOf } from './load.js';

for (const { name, vectors } of FILES) {
  it(`vectors/version-2/${name}.json is up to date`, () => {
    expect(allVectorsOf(`version-2/${name}`)).toEqual(JSON.parse(JSON.stringify(vectors())));
  });
}
