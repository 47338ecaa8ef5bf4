// A page that only starts a Worker.
import type { WorkerApi } from '../realm-apis.js';
import { expose } from './realm/expose.js';

expose<WorkerApi>({
  startWorker: (script) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { type: 'module' });
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) => reject(new Error(message));
    }),
});
