// Does what the watch has to notice.
import type { MisbehaviourApi } from '../realm-apis.js';
import { expose } from './realm/expose.js';

expose<MisbehaviourApi>({
  makeCodeFromText() {
    try {
      return String(new Function('return 1')());
    } catch (error) {
      return (error as Error).name;
    }
  },
  async fetchFrom(url) {
    try {
      return String((await fetch(url)).status);
    } catch (error) {
      return (error as Error).name;
    }
  },
  throwLater() {
    setTimeout(() => {
      throw new Error('thrown later');
    });
  },
});
