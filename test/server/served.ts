// A connection of a server, without a network.
import type { ForceLogoutInit } from '../../src/index.js';
import { SendCode } from '../../src/index.js';
import type { ServedConnection } from '../../src/server/index.js';
import type { LoggedIn } from '../../src/session/index.js';

export class Served implements ServedConnection {
  readonly user: LoggedIn | undefined;
  readonly frames: Uint8Array[] = [];
  readonly taken: ForceLogoutInit[] = [];
  readonly maxFrameBytes = 65_536;
  answer: SendCode = SendCode.SUCCESS;
  bufferedBytes = 0;
  state = 'authenticated';
  #listeners: (() => void)[] = [];

  constructor(
    readonly id: string,
    userId: bigint,
    terminal = 1,
    readonly version = 2,
  ) {
    this.user = { userId, terminal, deviceId: '' };
  }

  pushFrame(frame: Uint8Array): SendCode {
    this.frames.push(frame);
    return this.answer;
  }

  takeOver(notice: ForceLogoutInit): void {
    this.taken.push(notice);
  }

  whenClosed(listener: () => void): void {
    if (this.state === 'closed') listener();
    else this.#listeners.push(listener);
  }

  close(): void {
    this.state = 'closed';
    for (const listener of this.#listeners.splice(0)) listener();
  }

  get listeners(): number {
    return this.#listeners.length;
  }
}
