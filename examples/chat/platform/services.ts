// The parts of the platform, put together.
import type { Broker, Routes } from '@im/protocol/rocketmq';
import { type Context, LIMITS, type Limits, type People } from './context.js';
import { Announcements } from './conversations/announcements.js';
import { ConversationStates } from './conversations/conversation-states.js';
import { Deletions } from './conversations/deletions.js';
import { Groups } from './conversations/groups.js';
import { Membership } from './conversations/membership.js';
import { ReadPositions } from './conversations/read-positions.js';
import { Receipts } from './conversations/receipts.js';
import { Outbox } from './delivery/outbox.js';
import { Assistant, type Model } from './live/assistant.js';
import { Calls } from './live/calls.js';
import { writeAnswer } from './live/model.js';
import { PresenceService } from './live/presence.js';
import { Streams } from './live/streams.js';
import { Messages } from './messages/messages.js';
import { PresentForm } from './messages/present-form.js';
import type { Storage } from './storage/storage.js';
import { History } from './sync/history.js';
import { Sync } from './sync/sync.js';

export interface ServicesOptions {
  readonly broker: Pick<Broker, 'publish'>;
  readonly routes: Routes;
  readonly storage: Storage;
  readonly people: People;
  /** Under this name results come back. */
  readonly serviceName: string;
  readonly limits?: Limits | undefined;
  /** What the assistant says. Default: a model that knows a little about a mountain. */
  readonly model?: Model | undefined;
  /** Between two chunks of an answer, in milliseconds. */
  readonly streamIntervalMs?: number | undefined;
  /** Default: the clock of the system. */
  readonly nowMs?: (() => number) | undefined;
  readonly onError: (error: unknown) => void;
}

export type Services = ReturnType<typeof createServices>;

export function createServices(options: ServicesOptions) {
  const {
    broker,
    routes,
    storage,
    people,
    serviceName,
    limits = LIMITS,
    model = writeAnswer,
    nowMs = Date.now,
    onError,
  } = options;
  const membership = new Membership(storage, (userId) => people.users.has(userId));
  const presentForm = new PresentForm(storage, membership);
  const visible = presentForm.visible.bind(presentForm);
  const outbox = new Outbox({ broker, routes, serviceName, visible });
  const context: Context = { storage, people, limits, membership, presentForm, outbox, nowMs, onError };

  const receipts = new Receipts(context);
  const readPositions = new ReadPositions(context, receipts);
  const states = new ConversationStates(context);
  const messages: Messages = new Messages(context, {
    readPositions,
    states,
    onMessage: (message, memberIds) => void assistant?.take(message, memberIds).catch(onError),
  });
  const streams = new Streams(context, messages, options.streamIntervalMs);
  const assistant = people.assistantId === undefined ? undefined : new Assistant(people.assistantId, model, streams);
  return {
    context,
    messages,
    readPositions,
    receipts,
    states,
    deletions: new Deletions(context, states),
    groups: new Groups(context, messages),
    announcements: new Announcements(context),
    sync: new Sync(context, states),
    history: new History(context),
    streams,
    calls: new Calls(context, messages, routes),
    presence: new PresenceService(context, routes),
  };
}
