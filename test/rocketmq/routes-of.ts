import type { Route, Routes } from '../../src/rocketmq/index.js';

/** The routes of a user; undefined = offline. */
export async function routesOf(routes: Pick<Routes, 'find'>, userId: bigint): Promise<readonly Route[] | undefined> {
  return (await routes.find([userId])).get(userId);
}
