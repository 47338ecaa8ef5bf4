// This release, and the last one without version 2 of the protocol.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as index from '../../src/index.js';
import * as json from '../../src/json/index.js';
import * as node from '../../src/node/index.js';
import * as rocketmq from '../../src/rocketmq/index.js';
import * as session from '../../src/session/index.js';

export interface Release {
  readonly name: 'old' | 'new';
  readonly index: typeof index;
  readonly json: typeof json;
  readonly node: typeof node;
  readonly rocketmq: typeof rocketmq;
  readonly session: typeof session;
}

export const NEW: Release = { name: 'new', index, json, node, rocketmq, session };

/** Only what both releases have is used of it, so the types are those of the sources. */
export const OLD: Release = {
  name: 'old',
  index: await load('index'),
  json: await load('json'),
  node: await load('node'),
  rocketmq: await load('rocketmq'),
  session: await load('session'),
};

function load<T>(entry: string): Promise<T> {
  const { OLDER_PACKAGE } = process.env;
  if (OLDER_PACKAGE === undefined) throw new Error('OLDER_PACKAGE is not set: use npm run test:older');
  return import(/* @vite-ignore */ pathToFileURL(join(OLDER_PACKAGE, `dist/node/${entry}.js`)).href) as Promise<T>;
}
