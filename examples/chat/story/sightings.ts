// What a device shows, as facts for the ledger.
import {
  CallEndReason,
  type CallSignal,
  type Content,
  type MessageChunk,
  type Presence,
  PresenceStatus,
  type SendInfo,
  type StreamContent,
  StreamState,
  Terminal,
  type UserInfo,
} from '@im/protocol';
import { StreamAssembler } from '@im/protocol/live';
import type { SyncChange, SyncConversation, SyncMessage } from '@im/protocol/sync';
import { nameIn, terminalName } from '../show/names.js';
import { ALL_TERMINALS } from './cast.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import { messageFact } from './message-fact.js';
import type { MessageIds } from './message-ids.js';

export interface SightingsOptions {
  readonly device: string;
  readonly user: UserInfo;
  readonly directory: Directory;
  readonly ids: MessageIds;
  readonly saw: (fact: string) => void;
}

export class Sightings {
  readonly #options: SightingsOptions;
  readonly #assembler = new StreamAssembler();
  /** The texts of the assembler, by message_id. */
  readonly #written = new Map<bigint, string>();
  /** Messages whose text is complete, by message_id. */
  readonly #complete = new Map<bigint, StreamContent>();
  /** Message ids by conversation and seq. */
  readonly #seqs = new Map<string, bigint>();
  /** How far users have read, by conversation: that of the user, and that of the other. */
  readonly #read = new Map<string, readonly [bigint, bigint]>();
  #isSynced = false;
  /** Called with each piece of a text that is being written. */
  onChunk: (chunk: MessageChunk) => void = () => {};

  constructor(options: SightingsOptions) {
    this.#options = options;
  }

  synced(): void {
    this.#isSynced = true;
    this.#options.saw(facts.synced(this.#options.device));
  }

  changes(changes: readonly SyncChange[]): void {
    for (const change of changes) {
      if (change.type === 'message') this.#message(change.message);
      else if (change.type === 'changed') this.#changed(change.message, change.by);
      else if (change.type === 'conversation') this.#positions(change.conversation);
    }
  }

  /** What comes without being kept; on a connection of version 1 everything. */
  message({ cmd, data }: SendInfo): void {
    const { device, directory, saw } = this.#options;
    switch (data?.$case) {
      case 'chunk':
        this.#assemble({ data });
        break;
      case 'typing':
        saw(facts.typing(device, directory.userName(data.value.sender!.userId)));
        break;
      case 'presenceList':
        this.presence(data.value.items);
        break;
      case 'call':
        this.#call(data.value);
        break;
      case 'roomMessage':
        saw(facts.room(device, directory.place(data.value.sender!), data.value.content!.clientMessageId));
        break;
      case 'forceLogout':
        saw(facts.forcedOut(device));
        break;
      case 'privateMessage':
      case 'groupMessage':
      case 'systemMessage':
        this.#older(data);
        break;
      default:
        saw(`other: ${device} gets command ${cmd}, which nobody expects`);
    }
  }

  presence(items: readonly Presence[]): void {
    const { device, directory, saw } = this.#options;
    for (const { userId, status, terminals } of items) {
      const names = terminals.map(terminalName);
      const sorted = ALL_TERMINALS.filter((name) => names.includes(name)).join(' ');
      saw(facts.presence(device, directory.userName(userId), `${nameIn(PresenceStatus, status)} ${sorted}`.trim()));
    }
  }

  #message({ key = '', seq, messageId, content, data }: SyncMessage): void {
    const { device, user, directory, ids, saw } = this.#options;
    ids.note(content.clientMessageId, messageId);
    this.#seqs.set(`${key} ${seq}`, messageId);
    const sender = data.$case === 'systemMessage' ? undefined : data.value.sender;
    if (content.body?.$case === 'stream') {
      this.#assemble({ data: data as SendInfo['data'] });
      saw(facts.streamStarts(device));
    } else if (sender?.userId !== user.userId || sender.terminal !== user.terminal)
      saw(messageFact(device, withContent(data, content), directory, ids));
  }

  #changed({ messageId, content, reactions }: SyncMessage, by: string): void {
    const { device, ids, saw } = this.#options;
    const { body } = content;
    const name = ids.messageOf(messageId);
    if (by === 'edit' && body?.$case === 'text') saw(facts.edited(device, name, body.value.text));
    if (by === 'recall') saw(facts.recalled(device, name));
    if (by === 'reaction') {
      const text = reactions.map(({ key, count }) => `${key} ${count}`).join(' ');
      saw(facts.reaction(device, name, text === '' ? 'no reactions' : text));
    }
    if (by === 'stream' && body?.$case === 'stream' && body.value.state !== StreamState.OPEN) {
      this.#complete.set(messageId, body.value);
      this.#settle(messageId);
    }
  }

  /** The chunks and the message travel on two topics: whichever is last completes the comparison. */
  #settle(messageId: bigint): void {
    const { device, saw } = this.#options;
    const complete = this.#complete.get(messageId);
    if (complete === undefined || this.#written.get(messageId) !== complete.text) return;
    this.#complete.delete(messageId);
    saw(facts.streamEnds(device, nameIn(StreamState, complete.state)));
  }

  /** How far the user and the other user have read. */
  #positions({ key, ref, readSeq, peerReadSeq }: SyncConversation): void {
    const { device, user, directory, ids, saw } = this.#options;
    const [own, other] = this.#read.get(key) ?? [0n, 0n];
    this.#read.set(key, [readSeq, peerReadSeq]);
    // What a device is given in the beginning is nothing new.
    if (!this.#isSynced) return;
    const name = (seq: bigint): string => ids.messageOf(this.#seqs.get(`${key} ${seq}`) ?? 0n);
    if (readSeq > own) saw(facts.read(device, 'the user', name(readSeq)));
    if (peerReadSeq > other) saw(facts.read(device, directory.conversationName(ref, user.userId), name(peerReadSeq)));
  }

  /** A message on a connection of version 1. */
  #older(data: Parameters<typeof messageFact>[1] & { $case: 'privateMessage' | 'groupMessage' | 'systemMessage' }): void {
    const { device, directory, ids, saw } = this.#options;
    const sender = data.$case === 'systemMessage' ? undefined : data.value.sender;
    const { body } = data.value.content!;
    if (body?.$case === 'read')
      saw(facts.read(device, directory.userName(sender!.userId), ids.messageOf(body.value.upToMessageId)));
    else if (sender?.terminal === Terminal.BOT) saw(facts.streamEnds(device, 'as a text'));
    else saw(messageFact(device, data, directory, ids));
  }

  /** Puts a text together from the message and its chunks. */
  #assemble(message: Pick<SendInfo, 'data'>): void {
    const update = this.#assembler.take(message, performance.now());
    if (update !== undefined) {
      this.#written.set(update.messageId, update.text);
      this.#settle(update.messageId);
    }
    if (message.data?.$case === 'chunk') this.onChunk(message.data.value);
  }

  #call({ sender, action }: CallSignal): void {
    const { device, user, directory, saw } = this.#options;
    const isOfPlatform = sender!.terminal === Terminal.SERVER;
    // What another terminal of the user does.
    if (sender!.userId === user.userId && !isOfPlatform) return;
    const reason = action?.$case === 'end' ? ` ${nameIn(CallEndReason, action.value.reason)}` : '';
    saw(facts.call(device, `${action?.$case}${reason}${isOfPlatform ? '' : ` of ${directory.place(sender!)}`}`));
  }
}

function withContent(data: SyncMessage['data'], content: Content): Parameters<typeof messageFact>[1] {
  return { ...data, value: { ...data.value, content } } as Parameters<typeof messageFact>[1];
}
