import { MemoryStorage } from '../../src/sync/index.js';
import { describeStorage } from './storage-suite.js';

describeStorage('MemoryStorage', async () => ({ storage: new MemoryStorage() }));
