// The watch notices what it is there for: without that, no test of this folder would show anything.
import { describe, expect, it } from 'vitest';
import { PLACES, watchRealm } from './realm.js';

describe.each(PLACES)('in a %s', (place) => {
  it('code from text is stopped by the policy, and that is told', async () => {
    const { result, complaints } = await watchRealm(place, 'misbehave', (realm) => realm.makeCodeFromText());
    expect(result).toBe('EvalError');
    expect(complaints).toContain('policy: script-src stops eval');
  });

  it('a request to another host is stopped by the policy, and that is told', async () => {
    const { result, complaints } = await watchRealm(place, 'misbehave', (realm) => realm.fetchFrom('http://127.0.0.2:9/'));
    expect(result).toBe('TypeError');
    expect(complaints).toContain('policy: connect-src stops http://127.0.0.2:9/');
  });

  it('an error that nobody catches is told', async () => {
    // The error of a Worker passes its page, and may come after the answers of the Worker.
    const { complaints } = await watchRealm(place, 'misbehave', async (realm, page) => {
      await Promise.all([page.waitForEvent('pageerror'), realm.throwLater()]);
    });
    expect(complaints).toEqual(['uncaught: thrown later']);
  });
});
