/** A group of keys: the name in box-im, and the name in the JSON of the profile. `null` = the system has no such key. */
type Group<Names extends string> = { readonly [Name in Names]: string | null };

/** The names of keys in the JSON of a system, by the object that contains them and the name that they have in box-im. */
export interface LegacyKeys {
  /** A frame on a connection. */
  readonly frame: Group<'cmd' | 'data'>;
  /** `data` of LOGIN. */
  readonly login: Group<'accessToken' | 'devId'>;
  /** A user on a terminal. */
  readonly user: Group<'id' | 'terminal'>;
  /** What the platform asks an IM server to push. */
  readonly receiveInfo: Group<'destination' | 'cmd' | 'sender' | 'receivers' | 'sendResult' | 'serviceName' | 'data'>;
  /** The outcome of a push: `receiver` for one terminal, `receivers` for several. */
  readonly result: Group<'destination' | 'sender' | 'receiver' | 'receivers' | 'code' | 'data'>;
  /** A forced logout on its way to an IM server. */
  readonly forceLogout: Group<'userId' | 'terminal' | 'devId'>;
  /** `data` of a private, group or system message. */
  readonly message: Group<
    | 'id'
    | 'tmpId'
    | 'sendId'
    | 'recvId'
    | 'groupId'
    | 'sendNickName'
    | 'content'
    | 'type'
    | 'receipt'
    | 'receiptOk'
    | 'readedCount'
    | 'atUserIds'
    | 'status'
    | 'sendTime'
  >;
  /** `content` of a picture. */
  readonly image: Group<'originUrl' | 'thumbUrl' | 'width' | 'height'>;
  /** `content` of a file. */
  readonly file: Group<'name' | 'size' | 'url'>;
  /** `content` of a voice message. */
  readonly audio: Group<'duration' | 'url'>;
}

/** Keys that differ from those of another profile. */
export type LegacyKeyChanges = { readonly [G in keyof LegacyKeys]?: Partial<LegacyKeys[G]> | undefined };

/** Keys without which a message of the group cannot be read. */
export const REQUIRED_KEYS: { readonly [G in keyof LegacyKeys]?: readonly string[] } = {
  frame: ['cmd', 'data'],
  login: ['accessToken'],
  user: ['id', 'terminal'],
  receiveInfo: ['cmd', 'receivers', 'data'],
  result: ['code'],
  message: ['sendId', 'recvId', 'groupId', 'content', 'type'],
};

function same<Name extends string>(...names: Name[]): Group<Name> {
  const group = {} as Record<Name, string>;
  for (const name of names) group[name] = name;
  return group;
}

/** The keys of box-im. */
export const BOX_IM_KEYS: LegacyKeys = /* @__PURE__ */ boxImKeys();

function boxImKeys(): LegacyKeys {
  return {
    frame: same('cmd', 'data'),
    login: same('accessToken', 'devId'),
    user: same('id', 'terminal'),
    receiveInfo: { ...same('cmd', 'sender', 'receivers', 'sendResult', 'serviceName', 'data'), destination: null },
    result: { ...same('sender', 'receiver', 'receivers', 'code', 'data'), destination: null },
    forceLogout: same('userId', 'terminal', 'devId'),
    message: same(
      'id',
      'tmpId',
      'sendId',
      'recvId',
      'groupId',
      'sendNickName',
      'content',
      'type',
      'receipt',
      'receiptOk',
      'readedCount',
      'atUserIds',
      'status',
      'sendTime',
    ),
    image: same('originUrl', 'thumbUrl', 'width', 'height'),
    file: same('name', 'size', 'url'),
    audio: same('duration', 'url'),
  };
}
