// vectors/version-2/ is what `npm run vectors` writes.
import { describe, expect, it } from 'vitest';
import { FILES } from '../../scripts/vectors/files.js';
import { allVectorsOf } from './load.js';

describe.each(FILES)('version-2/$name.json', ({ name, vectors }) => {
  it('is up to date', () => {
    expect(allVectorsOf(`version-2/${name}`)).toEqual(JSON.parse(JSON.stringify(vectors())));
  });
});
