// A client and a service of box-im as the facts about them describe them. It shares nothing with src/legacy: it reads by JSON.parse, as browsers do,
// after it has turned integers beyond 2^53 into texts.

type Json = Record<string, unknown>;

/** What a client of box-im makes of a message. */
export interface Shown {
  readonly kind: 'private' | 'group' | 'system';
  readonly type: number;
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly url?: string;
  readonly mentions?: readonly string[];
}

const COMMANDS: Readonly<Record<number, Shown['kind']>> = { 3: 'private', 4: 'group', 5: 'system' };
const KEYS: Readonly<Record<Shown['kind'], readonly string[]>> = {
  private: ['id', 'tmpId', 'sendId', 'recvId', 'content', 'type', 'status', 'sendTime'],
  group: [
    ...['id', 'tmpId', 'groupId', 'sendId', 'sendNickName', 'content', 'type', 'receipt', 'receiptOk'],
    ...['readedCount', 'atUserIds', 'status', 'sendTime'],
  ],
  system: ['id', 'content', 'type', 'sendTime'],
};

/** JSON whose integers are texts where a double is not exact. */
function parse(text: string): unknown {
  return JSON.parse(text.replace(/(?<!\\")([:,[])(-?\d{16,19})(?=[,}\]])/g, '$1"$2"'));
}

/** Reads a push of an IM server. Throws for anything that a client of box-im does not expect. */
export function readPush(text: string): Shown {
  const { cmd, data, ...others } = parse(text) as { cmd: number; data: Json };
  expectThat(Object.keys(others).length === 0, 'only cmd and data');
  const kind = COMMANDS[cmd];
  expectThat(kind !== undefined, `cmd ${cmd}`);
  return readMessage(kind, data);
}

/** Reads what the platform asks an IM server to push. */
export function readReceiveInfo(text: string): { receivers: [id: string, terminal: number][]; shown: Shown } {
  const { cmd, sender, receivers, sendResult, serviceName, data } = parse(text) as Json;
  if (sender !== undefined) readUser(sender as Json);
  expectThat(typeof sendResult === 'boolean', 'sendResult');
  expectThat(serviceName === undefined || typeof serviceName === 'string', 'serviceName');
  return { receivers: (receivers as Json[]).map(readUser), shown: readMessage(COMMANDS[cmd as number], data as Json) };
}

/** Reads the outcome of a push. */
export function readResult(text: string): { code: number; receivers: [id: string, terminal: number][] } {
  const { sender, receiver, receivers, code, data, ...others } = parse(text) as Json;
  expectThat(Object.keys(others).length === 0, 'only the keys of a result');
  if (sender !== undefined) readUser(sender as Json);
  expectThat([0, 1, 2, 9999].includes(code as number), `code ${code}`);
  expectThat(data === undefined || (typeof data === 'object' && data !== null), 'data');
  const all = (receivers ?? (receiver === undefined ? [] : [receiver])) as Json[];
  return { code: code as number, receivers: all.map(readUser) };
}

function readUser({ id, terminal, ...others }: Json): [id: string, terminal: number] {
  expectThat(Object.keys(others).length === 0, 'only id and terminal');
  expectThat([-1, 0, 1, 2].includes(terminal as number), `terminal ${terminal}`);
  return [idText(id), terminal as number];
}

function readMessage(kind: Shown['kind'], data: Json): Shown {
  for (const key of Object.keys(data)) expectThat(KEYS[kind].includes(key), `the key ${key} of a ${kind} message`);
  const { id, sendId, recvId, groupId, type, content, status, sendTime, atUserIds, sendNickName, tmpId } = data;
  expectThat(typeof type === 'number', 'type');
  expectThat(content === undefined || typeof content === 'string', 'content');
  expectThat(status === undefined || [0, 1, 2, 3].includes(status as number), 'status');
  expectThat(sendTime === undefined || (typeof sendTime === 'number' && sendTime > 0), 'sendTime');
  for (const text of [sendNickName, tmpId]) expectThat(text === undefined || (typeof text === 'string' && text !== ''), 'a name');
  return {
    kind,
    type: type as number,
    ...(id === undefined ? {} : { id: idText(id) }),
    ...(kind === 'system' || sendId === undefined ? {} : { from: idText(sendId) }),
    ...(kind === 'private' ? { to: idText(recvId) } : kind === 'group' ? { to: idText(groupId) } : {}),
    ...(atUserIds === undefined ? {} : { mentions: (atUserIds as unknown[]).map(idText) }),
    ...readContent(type as number, content as string | undefined),
  };
}

/** `content` by its type. */
function readContent(type: number, content: string | undefined): { text?: string; url?: string } {
  const object = (): Json => JSON.parse(content ?? '') as Json;
  if (type === 1) {
    const { originUrl, thumbUrl, width, height, ...others } = object();
    expectThat(Object.keys(others).length === 0 && typeof thumbUrl === 'string', 'a picture');
    for (const size of [width, height]) expectThat(size === undefined || typeof size === 'number', 'a size');
    return { url: originUrl as string };
  }
  if (type === 2) {
    const { name, size, url } = object();
    expectThat(typeof name === 'string' && (typeof size === 'number' || /^\d{16,19}$/.test(String(size))), 'a file');
    return { url: url as string };
  }
  if (type === 3) {
    const { duration, url } = object();
    expectThat(Number.isInteger(duration), 'whole seconds');
    return { url: url as string };
  }
  if (type === 10) expectThat(/^\d+$/.test(content ?? ''), 'the id of the recalled message as text');
  if ([100, 101, 102, 208, 209].includes(type)) {
    const { type: kind, sdp } = object();
    expectThat(['offer', 'answer'].includes(kind as string) && typeof sdp === 'string' && sdp !== '', 'a description');
  }
  if (type === 107 || type === 210) expectThat(typeof object().candidate === 'string', 'a candidate');
  if ([0, 21, 40, 41].includes(type)) expectThat(content !== undefined && content !== '', 'a text');
  return content === undefined ? {} : { text: content };
}

function idText(value: unknown): string {
  expectThat(
    (typeof value === 'number' && Number.isSafeInteger(value)) || (typeof value === 'string' && /^-?\d+$/.test(value)),
    'an id',
  );
  return String(value);
}

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`box-im would not read it: expected ${what}`);
}
