// UplinkInfos: the commands of clients, each answered by one ReceiveInfo.
import { commandName, isProtocolError, ProtocolError, type UplinkInfo } from '@im/protocol';
import type { Broker, Routes } from '@im/protocol/rocketmq';
import { type Commands, createCommands, handlerOf } from './commands.js';
import { type Answer, answer, errorAnswer } from './delivery/answers.js';
import type { Services } from './services.js';

export class Uplinks {
  readonly #broker: Pick<Broker, 'publish'>;
  readonly #routes: Routes;
  readonly #commands: Commands;
  readonly #onError: (error: unknown) => void;

  constructor(broker: Pick<Broker, 'publish'>, routes: Routes, services: Services) {
    this.#broker = broker;
    this.#routes = routes;
    this.#commands = createCommands(services);
    this.#onError = services.context.onError;
  }

  /** Handles the command of a client, and publishes the answer. */
  async take(uplink: UplinkInfo): Promise<void> {
    // Before the page is read: what is sent from now on reaches the connection, and what was sent before is in the page.
    if (uplink.data?.$case === 'syncRequest') await this.#routes.applyUplink(uplink);
    const reply = await this.#answer(uplink);
    if (reply !== undefined) await answer(this.#broker, uplink, reply);
  }

  async #answer(uplink: UplinkInfo): Promise<Answer | undefined> {
    try {
      const handler = handlerOf(this.#commands, uplink);
      if (handler === undefined) throw new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(uplink.cmd)} is not handled here`);
      return await handler(uplink.data!.value as never, uplink.sender!, uplink);
    } catch (error) {
      if (isProtocolError(error)) return errorAnswer(error, uplink.cmd);
      // An error of the platform itself: the client learns that there was one, and nothing else.
      this.#onError(error);
      return errorAnswer(new ProtocolError('INTERNAL', 'the platform failed'), uplink.cmd);
    }
  }
}
