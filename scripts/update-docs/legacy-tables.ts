// The tables of docs/legacy.md, from the profiles.
import { LEGACY_CONTENT_TYPES, type LegacyContentType, type LegacyProfile, legacyProfile } from '../../src/legacy/index.js';
import { type Cell, markdownTable } from './markdown-table.js';

export function legacyTables(): [name: string, table: string][] {
  return [
    ['legacy-profiles', profiles()],
    ['legacy-types', types()],
  ];
}

function profiles(): string {
  const both = [legacyProfile('box-im'), legacyProfile('binghe')];
  const numbers = (name: 'commands' | 'terminals' | 'codes', title: string): Cell[][] =>
    Object.keys(both[0][name]).map((key) => [`${title} ${key}`, ...both.map((profile) => shown(profile[name], key))]);
  const keys = Object.entries(both[0].keys).flatMap(([group, names]) =>
    Object.keys(names).flatMap((key): Cell[][] => {
      const cells = both.map((profile) => shown(profile.keys[group as keyof LegacyProfile['keys']], key));
      return cells[0] === cells[1] ? [] : [[`\`keys.${group}.${key}\``, ...cells]];
    }),
  );
  return markdownTable(
    ['', ...both.map(({ name }) => `\`${name}\``)],
    [
      ...numbers('commands', 'command'),
      ...numbers('terminals', 'terminal'),
      ...numbers('codes', 'outcome'),
      ...keys,
      ['ids', ...both.map(({ ids }) => ids)],
      ['`tcpLengthBytes`', ...both.map(({ tcpLengthBytes }) => tcpLengthBytes)],
      ['`envelope`', ...both.map(({ envelope }) => envelope)],
      ['`maxFrameBytes`', ...both.map(({ maxFrameBytes }) => maxFrameBytes)],
    ],
  );
}

function shown(values: object, name: string): Cell {
  const value = (values as Record<string, string | number | null | undefined>)[name];
  return value === null || value === undefined ? 'none' : typeof value === 'string' ? `\`${value}\`` : value;
}

const CUSTOM = 'custom body, with `content` as fallback';
const CALL_END = 'CALL `end`';

/** What each type becomes. */
const COUNTERPARTS: Readonly<Record<LegacyContentType, string>> = {
  TEXT: '`text`',
  IMAGE: '`image`',
  FILE: '`file`; a `video` is written as a file',
  AUDIO: '`audio`; seconds are rounded',
  VIDEO: CUSTOM,
  RECALL: '`recall`',
  READ: '`read`: for the terminals of the reader',
  RECEIPT: 'private: `read`, for the other user; group: RECEIPTS, for the sender',
  TIP_TIME: CUSTOM,
  TIP_TEXT: 'SYSTEM_MESSAGE in the conversation, with `text`',
  LOADING: CUSTOM,
  CALL_VOICE: '`call`',
  CALL_VIDEO: '`call`',
  USER_BANNED: CUSTOM,
  GROUP_BANNED: CUSTOM,
  GROUP_UNBANNED: CUSTOM,
  FRIEND_NEW: '`notice` CONTACT_ADDED',
  FRIEND_DELETED: '`notice` CONTACT_REMOVED',
  FRIEND_MUTED: 'CONVERSATION, `muted_until_ms`',
  GROUP_NEW: '`notice` GROUP_CREATED',
  GROUP_DELETED: '`notice` GROUP_DISSOLVED; for the user concerned, MEMBERS_LEFT and MEMBERS_REMOVED are written so too',
  GROUP_MUTED: 'CONVERSATION, `muted_until_ms`',
  RTC_CALL_VOICE: 'CALL `invite` with an offer',
  RTC_CALL_VIDEO: 'CALL `invite` with an offer',
  RTC_ACCEPT: 'CALL `accept` with an answer',
  RTC_REJECT: `${CALL_END} REJECTED`,
  RTC_CANCEL: `${CALL_END} CANCELLED; ELSEWHERE is written so too`,
  RTC_FAILED: `${CALL_END} FAILED; all other reasons are written so too`,
  RTC_HANGUP: `${CALL_END} HANGUP`,
  RTC_CANDIDATE: 'CALL `candidates`',
  RTC_GROUP_SETUP: 'CALL `invite`',
  RTC_GROUP_ACCEPT: 'CALL `accept`',
  RTC_GROUP_REJECT: `${CALL_END} REJECTED`,
  RTC_GROUP_FAILED: `${CALL_END} FAILED`,
  RTC_GROUP_CANCEL: `${CALL_END} CANCELLED`,
  RTC_GROUP_QUIT: `${CALL_END} HANGUP`,
  RTC_GROUP_INVITE: 'CALL `invite`',
  RTC_GROUP_JOIN: 'CALL `accept`',
  RTC_GROUP_OFFER: 'CALL `offer`',
  RTC_GROUP_ANSWER: 'CALL `answer`',
  RTC_GROUP_CANDIDATE: 'CALL `candidates`',
  RTC_GROUP_DEVICE: 'CALL `media`',
};

function types(): string {
  const names = Object.keys(LEGACY_CONTENT_TYPES) as LegacyContentType[];
  return markdownTable(
    ['type', 'number', 'counterpart'],
    names.map((name) => [name, LEGACY_CONTENT_TYPES[name], COUNTERPARTS[name]]),
  );
}
