/**
 * Lets something run and gives what it cost: units a second, and the processor time of either side per unit, in microseconds.
 * @param run returns the number of units that were done, once they are.
 */
export async function metered(server, run) {
  const serverBefore = await server.cpu();
  const clientBefore = process.cpuUsage();
  const start = performance.now();
  const units = await run();
  const seconds = (performance.now() - start) / 1000;
  const client = process.cpuUsage(clientBefore);
  const serverAfter = await server.cpu();
  return {
    units,
    perSecond: units / seconds,
    serverUs: (serverAfter - serverBefore) / units,
    clientUs: (client.user + client.system) / units,
  };
}
