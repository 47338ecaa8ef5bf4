// A message as the view shows it: edits, reactions and recalls are part of it.
import type { CallEnd, Person } from './chat-model.js';

/** `failed`: nothing more happens unless it is sent again. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

export interface MessageView {
  /** The same while the page shows the message, from before it has an id. */
  readonly key: string;
  /** 0 = not assigned yet. */
  readonly messageId: bigint;
  /** 0 = not assigned, or not stored. */
  readonly seq: bigint;
  readonly sender: Person;
  readonly isOwn: boolean;
  /** Unix time in milliseconds. */
  readonly sentAtMs: number;
  readonly body: BodyView;
  readonly isEdited: boolean;
  readonly quote?: QuoteView;
  /** Who wrote a forwarded message. */
  readonly forwardedFrom?: string;
  readonly reactions: readonly ReactionView[];
  /** Of own messages. */
  readonly delivery?: Delivery;
  /** Of own messages in a group: how many have read it. */
  readonly readCount?: number;
  /** Why it was not sent. */
  readonly failure?: string;
}

export type BodyView =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'image';
      readonly url: string;
      readonly name: string;
      readonly caption: string;
      readonly width: number;
      readonly height: number;
    }
  | {
      readonly kind: 'file';
      readonly url: string;
      readonly name: string;
      readonly sizeBytes: number;
      readonly media: 'file' | 'audio' | 'video';
    }
  | {
      readonly kind: 'stream';
      readonly text: string;
      readonly reasoning: string;
      readonly state: StreamView;
      readonly error: string;
    }
  | {
      readonly kind: 'call';
      readonly video: boolean;
      readonly answered: boolean;
      readonly durationMs: number;
      readonly end: CallEnd;
    }
  | {
      readonly kind: 'merged';
      readonly title: string;
      readonly count: number;
      readonly preview: readonly string[];
      readonly items: readonly ForwardedView[];
    }
  | {
      readonly kind: 'notice';
      readonly notice: string;
      readonly actor: string;
      readonly users: readonly string[];
      readonly text: string;
      readonly fallback: string;
    }
  | { readonly kind: 'recalled'; readonly by?: Person }
  | { readonly kind: 'other'; readonly text: string };

export type StreamView = 'open' | 'done' | 'cancelled' | 'failed';

export interface QuoteView {
  readonly messageId: bigint;
  readonly senderName: string;
  readonly preview: string;
  readonly isRecalled: boolean;
}

export interface ForwardedView {
  readonly senderName: string;
  readonly sentAtMs: number;
  readonly body: BodyView;
}

export interface ReactionView {
  readonly key: string;
  readonly count: number;
  readonly isMine: boolean;
  readonly names: readonly string[];
}
