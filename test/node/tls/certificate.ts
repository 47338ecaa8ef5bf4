import { readFileSync } from 'node:fs';

const read = (name: string): Buffer => readFileSync(new URL(name, import.meta.url));

/** Of nobody, for 127.0.0.1. */
export const CERTIFICATE = { cert: read('cert.pem'), key: read('key.pem') };
