// Calls between two processes, over the channel that Node puts between parent and child. In production they go over the network.
import { isProtocolError, ProtocolError } from '@im/protocol';

/** Both ends of the IPC channel: a child process, or `process` inside it. */
export interface Channel {
  send?(message: unknown, done: () => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** The functions that the other side may call, by name. */
export type Callables = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The other side is gone. It is unknown whether it executed the call. */
export class ChannelClosed extends Error {}

type Packet =
  | { readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code: ProtocolError['code'] | undefined; readonly text: string } };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One end of the channel. */
export class Calls {
  readonly #channel: Channel;
  readonly #callables: Callables;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isClosed = false;

  constructor(channel: Channel, callables: Callables) {
    this.#channel = channel;
    this.#callables = callables;
    channel.on('message', (packet) => void this.#take(packet as Packet));
    channel.once('disconnect', () => {
      this.#isClosed = true;
      for (const { reject } of this.#waiting.values()) reject(new ChannelClosed('the other process is gone'));
    });
  }

  /** @throws the error of the other side, a ProtocolError as such; ChannelClosed if the other side ends before it answers. */
  call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#isClosed) throw new ChannelClosed('the other process is gone');
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve: resolve as Waiting['resolve'], reject });
      this.#send({ id: this.#lastId, name, args });
    });
  }

  /** If the channel is closed, the listener of `disconnect` rejects the pending calls. */
  #send(packet: object): void {
    if (!this.#isClosed) this.#channel.send?.(packet, () => {});
  }

  async #take(packet: Packet): Promise<void> {
    const { id } = packet;
    if ('name' in packet) {
      const answer = await this.#run(packet.name, packet.args);
      this.#send({ id, ...answer });
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ('result' in packet) waiting?.resolve(packet.result);
    else {
      const { code, text } = packet.error;
      waiting?.reject(code === undefined ? new Error(text) : new ProtocolError(code, text));
    }
  }

  async #run(name: string, args: readonly unknown[]): Promise<object> {
    try {
      return { result: await this.#callables[name](...(args as never[])) };
    } catch (error) {
      if (!isProtocolError(error)) return { error: { code: undefined, text: String(error) } };
      return { error: { code: error.code, text: error.message.slice(`[${error.code}] `.length) } };
    }
  }
}
