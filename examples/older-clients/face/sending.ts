// Calls that send messages and recall them. The answer is the message as it was stored: the device that has sent it gets no push of it.
import { ProtocolError, type UserInfo } from '@im/protocol';
import { conversationKey, type MessageData, parseConversationKey, peerOf } from '@im/protocol/conversation';
import type { Services } from '../../chat/platform/services.js';
import type { Handler, Routes } from './http-face.js';
import type { MessageVos } from './message-vo.js';
import { fromOlderForm, type OlderMessage, PROFILE } from './older-form.js';
import { Params } from './params.js';
import { Refusal, ResultCode } from './results.js';

const MAX_CONTENT_LENGTH = 1024;
const MAX_TMP_ID_LENGTH = 32;
const MAX_MENTIONS = 20;
const MAX_TYPE = 999;
/** In atUserIds. */
const EVERYONE = -1;

/** Of the types that are known, those that clients send. For others there are calls, or the platform alone sends them. */
const SENT_TYPES: readonly string[] = ['TEXT', 'IMAGE', 'FILE', 'AUDIO', 'VIDEO'];
const OTHER_TYPES: readonly unknown[] = Object.entries(PROFILE.contentTypes).flatMap(([name, type]) =>
  SENT_TYPES.includes(name) ? [] : [type],
);

export function createSendingRoutes(services: Services, vos: MessageVos): Routes<Handler> {
  const { messages, context } = services;

  const accept = async (data: MessageData, user: UserInfo): Promise<unknown> => {
    const { messageId = 0n } = await messages.accept(data, user);
    const message = (await context.storage.message(messageId))!;
    const member = await context.membership.require(parseConversationKey(message.conversation), user.userId);
    return vos.of(user, member, message);
  };

  const recall = async (kind: 'private' | 'group', user: UserInfo, messageId: bigint): Promise<unknown> => {
    const message = await context.storage.message(messageId);
    const conversation = message && parseConversationKey(message.conversation);
    const peerId = conversation && peerOf(conversation, user.userId);
    const isKind = conversation?.kind?.$case === (kind === 'private' ? 'private' : 'groupId');
    if (!isKind) throw new Refusal(ResultCode.FAILED, '消息不存在');
    // Whether the user may recall it, the platform decides.
    const content = { body: { $case: 'recall', value: { messageId } } } as const;
    if (conversation.kind?.$case === 'groupId')
      return accept({ $case: 'groupMessage', value: { sender: user, groupId: conversation.kind.value, content } }, user);
    if (peerId === undefined) throw new ProtocolError('NOT_A_MEMBER', `not in ${conversationKey(conversation)}`);
    return accept({ $case: 'privateMessage', value: { sender: user, receiverId: peerId, content } }, user);
  };

  return {
    'POST /message/private/send': ({ user, body }) =>
      accept(sentMessage('private', privateForm(user, Params.ofBody(body)), user), user),
    'POST /message/group/send': ({ user, body }) =>
      accept(sentMessage('group', groupForm(user, Params.ofBody(body)), user), user),
    'DELETE /message/private/recall/{id}': ({ user, pathId }) => recall('private', user, pathId),
    'DELETE /message/group/recall/{id}': ({ user, pathId }) => recall('group', user, pathId),
  };
}

function privateForm(user: UserInfo, params: Params): OlderMessage {
  return { recvId: Number(params.id('recvId')), ...commonForm(user, params) };
}

function groupForm(user: UserInfo, params: Params): OlderMessage {
  const atUserIds = params.ids('atUserIds', MAX_MENTIONS, EVERYONE).map(Number);
  return {
    groupId: Number(params.id('groupId')),
    ...commonForm(user, params),
    receipt: params.flag('receipt'),
    readedCount: 0,
    atUserIds: atUserIds.length === 0 ? undefined : atUserIds,
  };
}

/** What a push of the message would have: then nothing is left over that the message has to carry along. */
function commonForm({ userId }: UserInfo, params: Params): OlderMessage {
  return {
    // Whom the client names as the sender does not count.
    sendId: Number(userId),
    tmpId: params.optionalText('tmpId', MAX_TMP_ID_LENGTH),
    content: params.text('content', MAX_CONTENT_LENGTH),
    type: params.integer('type', 0, MAX_TYPE),
    status: 0,
  };
}

/** @throws Refusal for a type that clients do not send. */
function sentMessage(kind: 'private' | 'group', form: OlderMessage, user: UserInfo): MessageData {
  if (OTHER_TYPES.includes(form.type)) throw new Refusal(ResultCode.FAILED, `type: ${form.type} is not a type that clients send`);
  return fromOlderForm(kind, form, user).data as MessageData;
}
