// Loaded into a process before its own code: what its TCP clients send and receive is written to files, one for each direction of each
// connection. What does not begin as frames do (WebSocket, which begins with HTTP) is left out.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env['RECORD_FOLDER'];
let connections = 0;

subscribe('net.client.socket', ({ socket }) => {
  const connection = ++connections;
  const recorder = (direction) => {
    let isFrames;
    return (chunk) => {
      if (!(chunk instanceof Uint8Array) || chunk.length === 0) return;
      isFrames ??= chunk[0] === 0;
      if (isFrames) appendFileSync(join(folder, `${process.pid}-${connection}-${direction}.bin`), chunk);
    };
  };
  for (const [method, record] of [
    ['write', recorder('sent')],
    ['push', recorder('received')],
  ]) {
    const original = socket[method];
    socket[method] = function (chunk, ...rest) {
      record(chunk);
      return original.call(this, chunk, ...rest);
    };
  }
});
