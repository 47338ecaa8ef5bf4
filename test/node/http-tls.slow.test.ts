import { describe } from 'vitest';
import { httpSuite } from './http-suite.js';

describe('HTTP over tls', () => httpSuite('tls'));
