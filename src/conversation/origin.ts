// Where forwarded messages come from, as far as a reader may know it.
import type { ContentInit, ForwardOriginInit } from '../../generated/models.js';

/**
 * A content as a reader gets it: conversation and message_id of each origin are cleared that the reader may not see, with the
 * fields that this release does not know. Origins are in the content, in forwarded messages at any depth, and in contents of
 * edits and ephemeral messages.
 * @param maySee whether the reader may see the conversation and message of an origin. Called only for an origin that names one of
 * the two.
 * @returns the content itself where nothing is cleared; else a copy that shares the rest. The input is not changed.
 */
export function hideOrigins<C extends ContentInit>(content: C, maySee: (origin: ForwardOriginInit) => boolean): C {
  return visible(content, maySee) as C;
}

type MaySee = (origin: ForwardOriginInit) => boolean;

function visible(content: ContentInit, maySee: MaySee): ContentInit {
  const origin = content.origin && visibleOrigin(content.origin, maySee);
  const body = content.body && visibleBody(content.body, maySee);
  return origin === content.origin && body === content.body ? content : { ...content, origin, body };
}

function visibleOrigin(origin: ForwardOriginInit, maySee: MaySee): ForwardOriginInit {
  const { conversation, messageId = 0n, senderId = 0n, senderName = '', sentAtMs = 0n, hops = 0 } = origin;
  if ((conversation === undefined && messageId === 0n) || maySee(origin)) return origin;
  return { conversation: undefined, messageId: 0n, senderId, senderName, sentAtMs, hops };
}

type Body = NonNullable<ContentInit['body']>;

function visibleBody(body: Body, maySee: MaySee): Body {
  switch (body.$case) {
    case 'edit':
    case 'ephemeral': {
      const { value } = body;
      const content = value.content && visible(value.content, maySee);
      return content === value.content ? body : ({ ...body, value: { ...value, content } } as Body);
    }
    case 'merged': {
      const { items = [] } = body.value;
      const results = items.map((item) => {
        const origin = item.origin && visibleOrigin(item.origin, maySee);
        const content = item.content && visible(item.content, maySee);
        return origin === item.origin && content === item.content ? item : { ...item, origin, content };
      });
      return results.every((item, i) => item === items[i]) ? body : { ...body, value: { ...body.value, items: results } };
    }
    default:
      return body;
  }
}
