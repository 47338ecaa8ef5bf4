import { test } from 'vitest';
import { checkStream } from './check-stream.js';
import { vectorsOf } from './load.js';

test.each(vectorsOf('streams'))('$name', checkStream);
