// Each message with its table, its check, its schema, and values that keep all rules: where the random tests begin.
import type * as z from 'zod/v4-mini';
import * as any from '../../generated/google/protobuf/any.codec.js';
import { AnyTable } from '../../generated/google/protobuf/any.codec.js';
import * as content from '../../generated/im/protocol/v1/content.codec.js';
import * as contentTables from '../../generated/im/protocol/v1/content.codec.js';
import * as drainInfo from '../../generated/im/protocol/v1/drain_info.codec.js';
import { DrainInfoTable } from '../../generated/im/protocol/v1/drain_info.codec.js';
import * as errorInfo from '../../generated/im/protocol/v1/error_info.codec.js';
import { ErrorInfoTable } from '../../generated/im/protocol/v1/error_info.codec.js';
import * as forceLogout from '../../generated/im/protocol/v1/force_logout.codec.js';
import { ForceLogoutTable } from '../../generated/im/protocol/v1/force_logout.codec.js';
import * as groupMessage from '../../generated/im/protocol/v1/group_message.codec.js';
import { GroupMessageTable } from '../../generated/im/protocol/v1/group_message.codec.js';
import * as handshake from '../../generated/im/protocol/v1/handshake.codec.js';
import { HelloTable, RejectTable, WelcomeTable } from '../../generated/im/protocol/v1/handshake.codec.js';
import * as heartbeatInfo from '../../generated/im/protocol/v1/heartbeat_info.codec.js';
import { HeartbeatInfoTable } from '../../generated/im/protocol/v1/heartbeat_info.codec.js';
import * as loginInfo from '../../generated/im/protocol/v1/login_info.codec.js';
import { LoginInfoTable } from '../../generated/im/protocol/v1/login_info.codec.js';
import * as privateMessage from '../../generated/im/protocol/v1/private_message.codec.js';
import { PrivateMessageTable } from '../../generated/im/protocol/v1/private_message.codec.js';
import * as receiveInfo from '../../generated/im/protocol/v1/receive_info.codec.js';
import { ReceiveInfoTable } from '../../generated/im/protocol/v1/receive_info.codec.js';
import * as receivers from '../../generated/im/protocol/v1/receivers.codec.js';
import { ReceiversTable } from '../../generated/im/protocol/v1/receivers.codec.js';
import * as sendInfo from '../../generated/im/protocol/v1/send_info.codec.js';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import * as sendResult from '../../generated/im/protocol/v1/send_result.codec.js';
import { SendResultTable } from '../../generated/im/protocol/v1/send_result.codec.js';
import * as sessionInfo from '../../generated/im/protocol/v1/session_info.codec.js';
import { SessionInfoTable } from '../../generated/im/protocol/v1/session_info.codec.js';
import * as systemMessage from '../../generated/im/protocol/v1/system_message.codec.js';
import { SystemMessageTable } from '../../generated/im/protocol/v1/system_message.codec.js';
import * as topicMessage from '../../generated/im/protocol/v1/topic_message.codec.js';
import { TopicMessageTable } from '../../generated/im/protocol/v1/topic_message.codec.js';
import * as userInfo from '../../generated/im/protocol/v1/user_info.codec.js';
import { UserInfoTable } from '../../generated/im/protocol/v1/user_info.codec.js';
import type { Issue } from '../../src/errors.js';
import type { MessageTable } from '../../src/wire/table.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import * as schemas from '../../src/zod.js';
import { AllTypesTable, checkAllTypes } from '../fixtures/generated/im/fixture/v1/all_types.codec.js';
import { AllTypesSchema } from '../fixtures/generated/im/fixture/v1/all_types.zod.js';
import * as fixture from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import * as fixtureTables from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import type { TreeInit } from '../fixtures/generated/im/fixture/v1/rules.js';
import * as fixtureSchemas from '../fixtures/generated/im/fixture/v1/rules.zod.js';

export interface TestModel {
  readonly name: string;
  readonly table: MessageTable;
  check(message: object): Issue[] | undefined;
  readonly schema: z.ZodMiniType;
  readonly valid: readonly object[];
}

/** The check of a message takes its Init; the tests give it only what has that shape. */
function model<Init extends object>(
  table: MessageTable,
  check: (message: Init) => Issue[] | undefined,
  schema: z.ZodMiniType,
  ...valid: Init[]
): TestModel {
  const name = table.name.slice(table.name.lastIndexOf('.') + 1);
  return { name, table, check: (message) => check(message as Init), schema, valid };
}

const user = { userId: 9007199254740993n, terminal: 1 };
const any1 = { typeUrl: 'type.googleapis.com/com.example.Poke', value: new Uint8Array([1, 2]) };
const media = { url: 'https://example.com/1', mimeType: 'image/png', sizeBytes: 5n, name: 'a.png', sha256: new Uint8Array(32) };
const text = { $case: 'text' as const, value: { text: '你好 😀' } };
const said = { messageId: 1n, clientMessageId: 'c-1', sentAtMs: 1700000000000n, fallback: '?', body: text };
const receipt = { upToMessageId: 0n, messageIds: [1n, 2n] };
const login = { accessToken: 'abc.def', deviceId: 'd-1', terminal: 2 };
const toOne = { sender: user, receiverId: 2n, receiverTerminals: [1, 7], skipSelf: true, skipResult: false, content: said };
const toGroup = { sender: user, groupId: 3n, receiverIds: [4n, 4n], mentionedIds: [4n], mentionEveryone: true, content: said };
const toAll = { everyone: true, receiverTerminals: [3], content: said };
const leave = { user, reason: 'elsewhere', deviceId: 'd-2' };
const list = { terminal: 1, userIds: [1n, 2n] };
const push = {
  cmd: 4,
  sender: user,
  receivers: [list],
  serviceName: 'svc_1',
  data: { $case: 'privateMessage' as const, value: toOne },
};
const result = { sender: user, receivers: [list], code: 1, cmd: 4, messageId: 5n, traceId: 't-1' };
const failure = { code: 25, message: 'no', command: 4, retryAfterMs: 10 };
const onTopic = { topic: 'im_message_private_1', tag: 'PRIVATE_MESSAGE', keys: ['5'], properties: new Map([['im', 'x']]) };

export const MODELS: readonly TestModel[] = [
  model(LoginInfoTable, loginInfo.checkLoginInfo, schemas.LoginInfoSchema, login),
  model(SessionInfoTable, sessionInfo.checkSessionInfo, schemas.SessionInfoSchema, { ...user, sessionId: 's' }),
  model(UserInfoTable, userInfo.checkUserInfo, schemas.UserInfoSchema, user),
  model(HeartbeatInfoTable, heartbeatInfo.checkHeartbeatInfo, schemas.HeartbeatInfoSchema, { sentAtMs: 253402300799999n }, {}),
  model(PrivateMessageTable, privateMessage.checkPrivateMessage, schemas.PrivateMessageSchema, toOne),
  model(GroupMessageTable, groupMessage.checkGroupMessage, schemas.GroupMessageSchema, toGroup),
  model(SystemMessageTable, systemMessage.checkSystemMessage, schemas.SystemMessageSchema, toAll, {
    content: said,
    receiverIds: [1n],
  }),
  model(ReceiversTable, receivers.checkReceivers, schemas.ReceiversSchema, list),
  model(ForceLogoutTable, forceLogout.checkForceLogout, schemas.ForceLogoutSchema, leave),
  model(DrainInfoTable, drainInfo.checkDrainInfo, schemas.DrainInfoSchema, { graceMs: 600000, reconnectAfterMs: 1, reason: 'r' }),
  model(ErrorInfoTable, errorInfo.checkErrorInfo, schemas.ErrorInfoSchema, failure),
  model(
    SendInfoTable,
    sendInfo.checkSendInfo,
    schemas.SendInfoSchema,
    { cmd: 1, sequence: 1, data: { $case: 'login', value: login } },
    { cmd: 2, replyTo: 1, data: { $case: 'heartbeat', value: {} } },
    { cmd: 3, data: { $case: 'forceLogout', value: leave } },
    { cmd: 4, data: { $case: 'privateMessage', value: toOne } },
    { cmd: 5, data: { $case: 'groupMessage', value: toGroup } },
    { cmd: 6, data: { $case: 'systemMessage', value: toAll } },
    { cmd: 7, data: { $case: 'sendResult', value: result } },
    { cmd: 8, data: { $case: 'error', value: failure } },
    { cmd: 500, data: { $case: 'drain', value: {} } },
    { cmd: 1000, data: { $case: 'custom', value: any1 } },
  ),
  model(
    ReceiveInfoTable,
    receiveInfo.checkReceiveInfo,
    schemas.ReceiveInfoSchema,
    push,
    { cmd: 3, everyone: true, everyoneTerminals: [2, 1], data: { $case: 'forceLogout', value: leave } },
    { cmd: 1000, everyone: true },
  ),
  model(
    SendResultTable,
    sendResult.checkSendResult,
    schemas.SendResultSchema,
    result,
    { code: 2, cmd: 6, data: { $case: 'systemMessage', value: toAll } },
    { code: 2, cmd: 3 },
  ),
  model(
    TopicMessageTable,
    topicMessage.checkTopicMessage,
    schemas.TopicMessageSchema,
    { ...onTopic, messageGroup: 'g_1', payload: { $case: 'receiveInfo', value: push } },
    { ...onTopic, deliverAtMs: 1n, payload: { $case: 'sendResult', value: result } },
    { ...onTopic, payload: { $case: 'raw', value: new Uint8Array(3) } },
  ),
  model(
    contentTables.ContentTable,
    content.checkContent,
    schemas.ContentSchema,
    said,
    { body: { $case: 'image', value: { ...media, width: 1, height: 2, thumbnailUrl: 'https://example.com/2' } } },
    { body: { $case: 'video', value: { ...media, durationMs: 2 } } },
    { body: { $case: 'read', value: receipt } },
    { body: { $case: 'custom', value: any1 } },
    // A later version's body, number 42.
    { fallback: 'a sticker', [UNKNOWN_FIELDS]: new Uint8Array([0xd2, 0x02, 0x01, 0x58]) } as object,
  ),
  model(contentTables.TextContentTable, content.checkTextContent, schemas.TextContentSchema, text.value),
  model(contentTables.ImageContentTable, content.checkImageContent, schemas.ImageContentSchema, media),
  model(contentTables.FileContentTable, content.checkFileContent, schemas.FileContentSchema, media),
  model(contentTables.AudioContentTable, content.checkAudioContent, schemas.AudioContentSchema, { ...media, durationMs: 9 }),
  model(contentTables.VideoContentTable, content.checkVideoContent, schemas.VideoContentSchema, { ...media, width: 4 }),
  model(contentTables.RecallTable, content.checkRecall, schemas.RecallSchema, { messageId: 1n }),
  model(contentTables.ReadReceiptTable, content.checkReadReceipt, schemas.ReadReceiptSchema, receipt),
  model(AnyTable, any.checkAny, schemas.AnySchema, any1),
  model(HelloTable, handshake.checkHello, schemas.HelloSchema, {
    versions: [1, 10],
    features: ['deflate', 'grease.1'],
    maxFrameBytes: 16384,
    agent: 'test',
    commandDigests: new Map([[4, 0xdddfda6e]]),
  }),
  model(WelcomeTable, handshake.checkWelcome, schemas.WelcomeSchema, {
    version: 1,
    heartbeatIntervalMs: 30000,
    connectionId: 'c',
    versions: [1],
    offeredVersions: [1, 10],
  }),
  model(RejectTable, handshake.checkReject, schemas.RejectSchema, { code: 1, message: 'no', versions: [2, 2] }),
  model(AllTypesTable, checkAllTypes, AllTypesSchema, {
    floatField: Number.NaN,
    doubleField: Number.NEGATIVE_INFINITY,
    optionalInt32: 0,
    doubleList: [1.5],
    bytesList: [new Uint8Array(1)],
    boolMap: new Map([[true, 1.5]]),
    recursiveMap: new Map([[-1, { int64Field: -1n, any: any1 }]]),
    messageMap: new Map([['__proto__', { name: 'x', deeper: { parent: {} } }]]),
    choice: { $case: 'choiceEnum', value: -1 },
  }),
  model(fixtureTables.NumbersTable, fixture.checkNumbers, fixtureSchemas.NumbersSchema, {
    requiredField: 0,
    orDefault: 10,
    both: 3n,
  }),
  model(fixtureTables.TextsTable, fixture.checkTexts, fixtureSchemas.TextsSchema, {
    sized: 'abc',
    alphabet: 'a/-',
    emoji: '😀😎',
    blob: new Uint8Array(2),
    notEmpty: '.',
  }),
  model(fixtureTables.CollectionsTable, fixture.checkCollections, fixtureSchemas.CollectionsSchema, {
    names: ['a', 'b'],
    numbers: [1, -1],
    leaves: [{ size: 1 }],
    scores: new Map([['a', 1]]),
    leavesById: new Map([[1n, { size: 2 }]]),
    byFlag: new Map([[false, 'x']]),
    secrets: new Map([['a', 'b']]),
    plainsByNumber: new Map([[1, {}]]),
  }),
  model(
    fixtureTables.GroupsTable,
    fixture.checkGroups,
    fixtureSchemas.GroupsSchema,
    { left: 'l', word: '2', words: ['a'] },
    { middle: 'm', flag: true },
  ),
  model(fixtureTables.TreeTable, fixture.checkTree, fixtureSchemas.TreeSchema, {
    next: { branches: [{ name: 'a' }, { content: { $case: 'size', value: 3 } }] },
    named: new Map<string, TreeInit>([['k', { content: { $case: 'sub', value: { content: { $case: 'label', value: 'l' } } } }]]),
  }),
  model(fixtureTables.ChickenTable, fixture.checkChicken, fixtureSchemas.ChickenSchema, { egg: { chicken: { weight: 5 } } }),
  model(
    fixtureTables.SteeringTable,
    fixture.checkSteering,
    fixtureSchemas.SteeringSchema,
    { order: 2, detail: { $case: 'distance', value: 1 } },
    { order: 4, detail: { $case: 'note', value: '' } },
  ),
];
