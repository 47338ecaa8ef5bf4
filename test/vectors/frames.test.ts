import { describe, test } from 'vitest';
import { checkDecoded, checkEncodedAgain, checkFrame, checkMadeFromJson, checkRefused } from './check-frame.js';
import { FRAME_FILES, VERSION_2_FRAME_FILES, vectorsOf } from './load.js';

for (const file of FRAME_FILES) {
  const vectors = vectorsOf(file).filter((vector) => vector.hex !== undefined);

  describe(`vectors/${file}.json`, () => {
    test.each(vectors.filter((v) => v.frame))('$name decodes to what it says', checkDecoded);
    test.each(vectors.filter((v) => v.frame && (v.canonical || v.reencoded)))('$name is encoded to its bytes', checkEncodedAgain);
    test.each(vectors.filter((v) => v.frame && v.canonical))('$name is made from its JSON', checkMadeFromJson);
    test.each(vectors.filter((v) => v.error))('$name is refused as it says', checkRefused);
  });
}

describe.each(VERSION_2_FRAME_FILES)('vectors/%s.json', (file) => {
  test.each(vectorsOf(file))('$name', checkFrame);
});
