import { describe, expect, it } from 'vitest';
import { chooseSubprotocol, subprotocolsFor } from '../../src/negotiate/index.js';

describe('subprotocolsFor', () => {
  it('lists the versions, the highest first, then the plain one', () => {
    expect(subprotocolsFor([1])).toEqual(['im.v1', 'im']);
    expect(subprotocolsFor([2, 11, 9, 1])).toEqual(['im.v11', 'im.v9', 'im.v2', 'im.v1', 'im']);
  });

  it('lists grease as the Hello does', () => {
    expect(subprotocolsFor([1, 122])).toEqual(['im.v122', 'im.v1', 'im']);
  });

  it('lists a name once, since a browser refuses a second one', () => {
    expect(subprotocolsFor([1, 2, 1])).toEqual(['im.v2', 'im.v1', 'im']);
  });

  it('lists the plain one alone without versions', () => {
    expect(subprotocolsFor([])).toEqual(['im']);
  });
});

describe('chooseSubprotocol', () => {
  it('picks the highest common version, in any order of either side', () => {
    expect(chooseSubprotocol(['im', 'im.v1', 'im.v2', 'im.v3'], [1, 2])).toBe('im.v2');
    expect(chooseSubprotocol(['im.v9', 'im.v11', 'im'], [9, 11])).toBe('im.v11');
  });

  it('picks the plain one without a common version, so that a Reject can be seen', () => {
    expect(chooseSubprotocol(['im.v3', 'im'], [1, 2])).toBe('im');
    expect(chooseSubprotocol(['im'], [1, 2])).toBe('im');
  });

  it('never picks grease', () => {
    expect(chooseSubprotocol(['im.v10', 'im.v1', 'im'], [1, 10])).toBe('im.v1');
    expect(chooseSubprotocol(['im.v10', 'im'], [10])).toBe('im');
  });

  it('passes over the names of others and what only looks like ours', () => {
    expect(chooseSubprotocol(['mqtt', 'im.v1', 'im'], [1])).toBe('im.v1');
    expect(chooseSubprotocol(['im.v01', 'im.v1.0', 'IM.v1', 'im.v+1', 'im.v1 ', 'im'], [1])).toBe('im');
  });

  it('picks nothing where the client offers nothing of ours', () => {
    expect(chooseSubprotocol([], [1])).toBeUndefined();
    expect(chooseSubprotocol(['mqtt', 'chat'], [1])).toBeUndefined();
  });

  it('picks nothing that was not offered', () => {
    expect(chooseSubprotocol(['im.v2'], [1])).toBeUndefined();
  });
});
