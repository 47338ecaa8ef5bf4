// WebSockets on an HTTP server of the application, beside its other listeners of `upgrade`.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../errors.js';
import { plainAddress } from './addresses.js';
import { connectWebsocket } from './connect-websocket.js';
import { LINGER_MS, startDeadline } from './deadline.js';
import type { Entrance, EntranceSettings, Host } from './entrance.js';
import type { ListenOptions } from './listen-options.js';
import { pathOf, refuse, Upgrades } from './upgrades.js';

type Take = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

interface Attachment {
  /** Who takes the upgrades of a path; undefined = all other paths. */
  readonly takers: Map<string | undefined, Take>;
  /** One for all, so that each upgrade has one owner. */
  readonly listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

const attachments = new WeakMap<HttpServer, Attachment>();

export class AttachedPort implements Entrance {
  readonly #server: HttpServer;
  readonly #path: string | undefined;
  readonly #upgrades: Upgrades;
  readonly #settings: EntranceSettings;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #isStopped = false;
  #isDraining = false;
  #onEmpty: (() => void)[] = [];

  constructor(server: HttpServer, options: ListenOptions, settings: EntranceSettings, host: Host) {
    this.#server = server;
    this.#path = options.path;
    this.#settings = settings;
    this.#upgrades = new Upgrades(options, {
      ws: settings.ws,
      addressOf: (request) => this.#clientOf(request),
      decide: (request, decided) => {
        if (this.#isDraining) decided(closing(), () => {});
        else
          host.decide(request, (refusal, release) => {
            // The server was closed meanwhile.
            if (refusal === undefined && this.#isStopped) release();
            decided(refusal ?? (this.#isStopped ? closing() : undefined), release);
          });
      },
      onUpgraded: (upgraded) => connectWebsocket(upgraded, host),
    });
  }

  /** Of the HTTP server. It may start to listen later. */
  get port(): number {
    this.#port = (this.#server.address() as AddressInfo | null)?.port ?? this.#port;
    return this.#port;
  }

  /** @throws ProtocolError INVALID_MESSAGE if another server of this library is attached with the same path. */
  async start(): Promise<void> {
    attach(this.#server, this.#path, (request, socket, head) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#removed(socket));
      // The HTTP server has removed its own listener.
      socket.on('error', () => {});
      this.#upgrades.take(request, socket, head);
    });
  }

  ended(): void {}

  async drain(): Promise<void> {
    this.#isDraining = true;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    detach(this.#server, this.#path);
  }

  async closed(): Promise<void> {
    if (this.#sockets.size === 0) return;
    const cancel = startDeadline(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, LINGER_MS);
    await new Promise<void>((resolve) => void this.#onEmpty.push(resolve));
    cancel();
  }

  #removed(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #clientOf({ socket, headers }: IncomingMessage): string {
    const peer = plainAddress(socket.remoteAddress);
    const isUnix = typeof this.#server.address() === 'string';
    // Without an address, and not of a Unix socket: it is closed already.
    if (peer === '' && !isUnix) return '';
    return this.#settings.proxies?.clientOf(peer, headers) ?? peer;
  }
}

function closing(): ProtocolError {
  return new ProtocolError('OVERLOADED', 'the server is going to close');
}

function attach(server: HttpServer, path: string | undefined, take: Take): void {
  const { takers } = attachments.get(server) ?? createAttachment(server);
  if (takers.has(path)) {
    const text = `another server is attached ${path === undefined ? 'without a path' : 'with the same path'}`;
    throw new ProtocolError('INVALID_MESSAGE', text, { path: 'path' });
  }
  takers.set(path, take);
}

function createAttachment(server: HttpServer): Attachment {
  const takers = new Map<string | undefined, Take>();
  const listener: Attachment['listener'] = (request, socket, head) => {
    const take = takers.get(pathOf(request)) ?? takers.get(undefined);
    if (take !== undefined) take(request, socket as Socket, head);
    // Without another listener, nobody would answer.
    else if (server.listenerCount('upgrade') === 1) refuse(socket as Socket, 404, 'This path does not accept WebSocket.');
  };
  const attachment = { takers, listener };
  attachments.set(server, attachment);
  server.on('upgrade', listener);
  return attachment;
}

function detach(server: HttpServer, path: string | undefined): void {
  const { takers, listener } = attachments.get(server)!;
  takers.delete(path);
  if (takers.size > 0) return;
  attachments.delete(server);
  server.off('upgrade', listener);
}
