import { describe } from 'vitest';
import { MemoryRoutes } from '../../src/rocketmq/memory-routes.js';
import { routesSuite } from './routes-suite.js';

describe('MemoryRoutes', () => routesSuite((options) => new MemoryRoutes(options), 30));
