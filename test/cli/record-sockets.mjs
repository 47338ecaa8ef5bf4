// Loaded into a process before its own code: what its TCP clients send and receive is written to files, one for each direction of each
// connection, WebSockets with their HTTP and their masks. What begins otherwise (TLS) is left out.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.RECORD_FOLDER;
let connections = 0;

subscribe('net.client.socket', ({ socket }) => {
  const connection = ++connections;
  const recorder = (direction) => {
    let isRecorded;
    return (chunk, encoding) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
      if (!(bytes instanceof Uint8Array) || bytes.length === 0) return;
      isRecorded ??= bytes[0] === 0 || /^(GET|HTTP) ?/.test(Buffer.from(bytes).toString('latin1'));
      if (isRecorded) appendFileSync(join(folder, `${process.pid}-${connection}-${direction}.bin`), bytes);
    };
  };
  for (const [method, record] of [
    ['write', recorder('sent')],
    ['push', recorder('received')],
  ]) {
    const original = socket[method];
    socket[method] = function (chunk, ...rest) {
      record(chunk, rest[0]);
      return original.call(this, chunk, ...rest);
    };
  }
});
