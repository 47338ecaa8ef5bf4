// Part of `npm run generate`: writes wireshark/im-protocol.lua from the schema and the modules in wireshark/src/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DISSECTOR, generateDissector } from './generate.js';

mkdirSync(dirname(DISSECTOR), { recursive: true });
writeFileSync(DISSECTOR, generateDissector());
