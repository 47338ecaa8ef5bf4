import { describe } from 'vitest';
import { socketsSuite, watchUncaught } from './sockets-suite.js';

watchUncaught();

describe('a server over tls', () => socketsSuite('tls'));
