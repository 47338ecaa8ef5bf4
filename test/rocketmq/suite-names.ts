// The topics and consumer groups of the suite. On RocketMQ they have to be there before it runs; each test has its own.
import type { TopicType } from '../../src/rocketmq/topics.js';

const SERVER = 'suite';
/** Servers beside older services. */
export const LEGACY_SERVERS = { newer: 'suite_newer', older: 'suite_older' } as const;
/** The same, whose ids are numbers: they are in the routes of the older system. */
export const MIXED_SERVERS = { newer: '900001', older: '900002' } as const;

/** By the test that uses them. */
export const SUITE_TOPICS = {
  whole: { name: `im_message_private_${SERVER}`, type: 'FIFO' },
  result: { name: 'im_result_private', type: 'NORMAL' },
  system: { name: `im_message_system_${SERVER}`, type: 'NORMAL' },
  event: { name: `im_event_${SERVER}`, type: 'FIFO' },
  session: { name: 'im_session', type: 'FIFO' },
  uplink: { name: 'im_uplink', type: 'FIFO' },
  order: { name: 'suite_order', type: 'FIFO' },
  sends: { name: 'suite_sends', type: 'FIFO' },
  parallel: { name: 'suite_parallel', type: 'NORMAL' },
  again: { name: 'suite_again', type: 'NORMAL' },
  againInOrder: { name: 'suite_again_in_order', type: 'FIFO' },
  givenUp: { name: 'suite_given_up', type: 'NORMAL' },
  givenUpInOrder: { name: 'suite_given_up_in_order', type: 'FIFO' },
  filter: { name: 'suite_filter', type: 'NORMAL' },
  delay: { name: 'suite_delay', type: 'DELAY' },
  back: { name: 'suite_back', type: 'FIFO' },
  shared: { name: 'suite_shared', type: 'NORMAL' },
  limits: { name: 'suite_limits', type: 'NORMAL' },
  once: { name: 'suite_once', type: 'NORMAL' },
  conversation: { name: 'suite_conversation', type: 'FIFO' },
  legacyPrivate: { name: `im_message_private_${LEGACY_SERVERS.newer}`, type: 'FIFO' },
  legacyGroup: { name: `im_message_group_${LEGACY_SERVERS.newer}`, type: 'FIFO' },
  legacySystem: { name: `im_message_system_${LEGACY_SERVERS.newer}`, type: 'NORMAL' },
  legacyEvent: { name: `im_event_${LEGACY_SERVERS.newer}`, type: 'FIFO' },
  resultGroup: { name: 'im_result_group', type: 'NORMAL' },
  mixedPrivate: { name: `im_message_private_${MIXED_SERVERS.newer}`, type: 'FIFO' },
  mixedGroup: { name: `im_message_group_${MIXED_SERVERS.newer}`, type: 'FIFO' },
  mixedSystem: { name: `im_message_system_${MIXED_SERVERS.newer}`, type: 'NORMAL' },
  mixedEvent: { name: `im_event_${MIXED_SERVERS.newer}`, type: 'FIFO' },
  mixedOlder_private: { name: `im_message_private_${MIXED_SERVERS.older}`, type: 'FIFO' },
  mixedOlder_group: { name: `im_message_group_${MIXED_SERVERS.older}`, type: 'FIFO' },
  mixedOlder_system: { name: `im_message_system_${MIXED_SERVERS.older}`, type: 'NORMAL' },
  legacyOlder: { name: `im_message_private_${LEGACY_SERVERS.older}`, type: 'FIFO' },
} as const satisfies Record<string, { name: string; type: TopicType }>;

export type SuiteTopic = keyof typeof SUITE_TOPICS;

/** What a consumer group of the suite is called: one for each topic, and a second one for `shared`. */
export function suiteGroup(topic: SuiteTopic, suffix = ''): string {
  return `im_service_suite_${topic}${suffix}`;
}

/** Groups that RocketMQ has to have. Those that read a FIFO topic are orderly. */
export const SUITE_GROUPS: readonly { readonly name: string; readonly orderly: boolean }[] = [
  ...(Object.keys(SUITE_TOPICS) as SuiteTopic[]).flatMap((topic) => {
    const orderly = SUITE_TOPICS[topic].type === 'FIFO';
    return ['', '_2'].map((suffix) => ({ name: suiteGroup(topic, suffix), orderly }));
  }),
  ...[LEGACY_SERVERS.newer, MIXED_SERVERS.newer].flatMap((server) =>
    ['server', 'event'].map((role) => ({ name: `im_${role}_${server}`, orderly: true })),
  ),
  { name: 'im_service_chat', orderly: false },
];
