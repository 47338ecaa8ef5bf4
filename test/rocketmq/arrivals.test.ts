// What `npm run rocketmq` judges the real engine by.
import { expect, it } from 'vitest';
import { Arrivals } from '../../scripts/rocketmq/steps/arrivals.js';

it.each([
  ['in order', ['a0', 'b0', 'a1', 'b1', 'b2'], { count: 5, distinct: 5, repeated: 0, outOfOrder: 0 }],
  ['a later duplicate', ['a0', 'a1', 'a2', 'a1'], { count: 4, distinct: 3, repeated: 1, outOfOrder: 0 }],
  ['some that come again in order', ['a0', 'a1', 'a0', 'a1', 'a2'], { count: 5, distinct: 3, repeated: 2, outOfOrder: 0 }],
  ['one that comes before the one before it', ['a0', 'a2', 'a1', 'b0'], { count: 4, distinct: 4, repeated: 0, outOfOrder: 1 }],
  ['one that is missing', ['a0', 'a2'], { count: 2, distinct: 2, repeated: 0, outOfOrder: 0 }],
])('counts %s', (_, shown, expected) => {
  const arrivals = new Arrivals();
  for (const [conversation, number] of shown) arrivals.add(conversation, Number(number));
  const { count, distinct, repeated, outOfOrder } = arrivals;
  expect({ count, distinct, repeated, outOfOrder }).toEqual(expected);
});
