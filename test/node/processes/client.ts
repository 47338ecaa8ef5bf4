// A client in a process: it logs in, ends, and the process has to end by itself.
import { connect } from '../../../src/node/index.js';

const [url] = process.argv.slice(2);
const client = await connect(url, { login: { accessToken: '1' } });
await client.request(1000, undefined);
await client.close();
console.log('closed');
