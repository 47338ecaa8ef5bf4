// Calls from process to process, both ways, over the channel that Node opens between a process and its child.

/**
 * @param channel `process` in the child, the child in its parent.
 * @param handlers by name: what the other side may call; they may be asynchronous.
 * @returns { call(name, argument, timeoutMs), fail(error) }: fail refuses all calls that are open, and all later ones.
 */
export function connectRpc(channel, handlers) {
  const open = new Map();
  let count = 0;
  let failure;

  channel.on('message', async ({ id, name, argument, answer, error }) => {
    if (name === undefined) return settle(id, answer, error);
    try {
      reply({ id, answer: await handlers[name](argument) });
    } catch (thrown) {
      reply({ id, error: thrown.stack ?? String(thrown) });
    }
  });

  function reply(message) {
    // Who asked may be gone by now.
    if (channel.connected) channel.send(message, () => {});
  }

  function settle(id, answer, error) {
    const call = open.get(id);
    if (call === undefined) return;
    open.delete(id);
    clearTimeout(call.timer);
    if (error === undefined) call.resolve(answer);
    else call.reject(new Error(error));
  }

  function call(name, argument, timeoutMs) {
    if (failure !== undefined) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      const id = ++count;
      const timer = setTimeout(() => settle(id, undefined, `${name} was not done within ${timeoutMs} ms`), timeoutMs);
      open.set(id, { resolve, reject, timer });
      channel.send({ id, name, argument }, (error) => error && settle(id, undefined, `${name} was not sent: ${error.message}`));
    });
  }

  function fail(error) {
    failure = error;
    for (const id of [...open.keys()]) settle(id, undefined, error.message);
  }

  return { call, fail };
}
