// `npm run wireshark`: the dissector in tshark, on real traffic of the demo, on all vectors, and on captures made by hand.
import { printTable } from '../interop/report.js';
import { checkVectors } from './checks/vectors.js';

const start = Date.now();
const results = [...(await checkVectors())];
printTable(results);
const failures = results.reduce((sum, { failed }) => sum + failed.length, 0);
console.log(`\n${failures === 0 ? 'All green' : `${failures} failed`}, in ${Math.round((Date.now() - start) / 1000)} s`);
process.exitCode = failures === 0 ? 0 : 1;
