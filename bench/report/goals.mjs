// What the speed of each line is compared with, as a multiple of the best peer, on Node 20, 22 and 24.

/** The ratios of the results of version 1.0.0, with 5 % for what the machine and the versions of the peers make of them. */
const EARLIER = {
  encode: {
    heartbeat: [3.18, 2.54, 2.28],
    'chat-ascii': [2.63, 1.85, 1.69],
    'chat-chinese': [2.4, 2.13, 1.79],
    'send-result': [2.99, 3.14, 2.68],
    'receive-500': [2.76, 2.7, 2.98],
    '4k-ascii': [1.59, 1.39, 1.6],
    '4k-chinese': [0.99, 1.11, 1.49],
    'topic-16k': [1.07, 1.18, 1.16],
  },
  decode: {
    heartbeat: [1.9, 1.83, 1.85],
    'chat-ascii': [1.38, 1.44, 1.49],
    'chat-chinese': [2.04, 2.33, 1.48],
    'send-result': [1.42, 1.3, 1.27],
    'receive-500': [0.97, 0.94, 0.94],
    '4k-ascii': [1.05, 1.18, 1.08],
    '4k-chinese': [5.21, 5.51, 0.8],
    'topic-16k': [0.63, 0.67, 0.49],
  },
  checked: {
    heartbeat: [12.2, 11.9, 12.7],
    'chat-ascii': [6.87, 7.57, 7.02],
    'chat-chinese': [7.61, 7.78, 7.35],
    'send-result': [9.76, 9.69, 9.99],
    'receive-500': [13.2, 15.6, 17.9],
    '4k-ascii': [4.98, 4.51, 5.32],
    '4k-chinese': [6.3, 6.78, 2.39],
    'topic-16k': [6.11, 6.22, 5.21],
  },
  framed: {
    heartbeat: [3.59, 2.76, 2.52],
    'chat-ascii': [2.09, 1.64, 1.36],
    'chat-chinese': [1.96, 1.78, 1.48],
    'send-result': [2.67, 2.89, 2.31],
    'receive-500': [2.1, 2.13, 2.18],
    '4k-ascii': [3.77, 4.16, 3.16],
    '4k-chinese': [1.85, 1.76, 1.85],
    'topic-16k': [4.23, 3.96, 3.23],
  },
};
const NO_LOSS = 0.95;

/** Goals above the earlier ratios. */
const RAISED = {
  decode: { '4k-chinese': [undefined, undefined, 0.92], 'topic-16k': [0.74, 0.74, 0.74] },
  framed: { 'chat-ascii': [2.2, 1.7, 1.45] },
};
const NODES = [20, 22, 24];

/** The minimum ratio of a line under a version of Node; newer ones have the goals of the last. */
export function goalOf(operation, message, node) {
  const major = Number(/\d+/.exec(node)[0]);
  const at = NODES.findLastIndex((version) => version <= major);
  const column = Math.max(0, at);
  return RAISED[operation]?.[message]?.[column] ?? EARLIER[operation][message][column] * NO_LOSS;
}

/** The operations that have goals. */
export const OPERATIONS = Object.keys(EARLIER);
