import { describe, test } from 'vitest';
import { checkFrame } from './check-frame.js';
import { FRAME_FILES, VERSION_2_FRAME_FILES, vectorsOf } from './load.js';

describe.each([...FRAME_FILES, ...VERSION_2_FRAME_FILES])('vectors/%s.json', (file) => {
  test.each(vectorsOf(file).filter((vector) => vector.hex !== undefined))('$name', checkFrame);
});
