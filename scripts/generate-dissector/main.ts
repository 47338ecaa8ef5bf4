// A part of `npm run generate`: wireshark/im-protocol.lua, from the schema and the modules of src/wireshark/.
import { writeFileSync } from 'node:fs';
import { DISSECTOR, generateDissector } from './generate.js';

writeFileSync(DISSECTOR, generateDissector());
