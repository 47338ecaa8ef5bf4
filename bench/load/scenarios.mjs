// What is measured, and how long.

const FULL = { warmUpMs: 1_000, milliseconds: 3_000 };
const QUICK = { warmUpMs: 50, milliseconds: 150 };

/** One to a thousand. */
const MEMBERS = 1_000;
/** Messages that arrive together. */
export const BURST = 10;

/**
 * By key: file, in client/scenarios; settings, in the full form and what the quick one has instead; withBare: the bare transports take part;
 * withFloor: the floors take part; onlyOurs: the library alone takes part; isGroup: those take part that differ in fan-out alone; isObserved: only those take part that can be observed; timeoutMs: after which something hangs.
 */
export const SCENARIOS = {
  idle: {
    file: 'idle',
    settings: { connections: 10_000, settleMs: 1_000 },
    quick: { connections: 500, settleMs: 100 },
    withBare: true,
    timeoutMs: 180_000,
  },
  login: { file: 'login', settings: { atATime: 32 }, withBare: true, withFloor: true, timeoutMs: 60_000 },
  reconnect: {
    file: 'reconnect',
    settings: { connections: 10_000, settleMs: 1_000 },
    quick: { connections: 500, settleMs: 100 },
    withFloor: true,
    timeoutMs: 180_000,
  },
  bad: {
    file: 'bad',
    settings: { senders: 400, framesEach: 90, warmUpSenders: 300 },
    quick: { senders: 20, warmUpSenders: 10 },
    onlyOurs: true,
    timeoutMs: 60_000,
  },
  private: { file: 'private', settings: { pairs: 100 }, timeoutMs: 60_000 },
  'private-paced': {
    file: 'private-paced',
    settings: { pairs: 100, perSecond: 2_000, fullLoadMs: 3_000, warmUpMs: 2_000 },
    quick: { perSecond: 500, fullLoadMs: 50, warmUpMs: 50 },
    timeoutMs: 60_000,
  },
  group: {
    file: 'group',
    settings: { members: MEMBERS, burst: 1 },
    quick: { members: 200 },
    isGroup: true,
    withFloor: true,
    timeoutMs: 60_000,
  },
  'group-burst': {
    file: 'group',
    settings: { members: MEMBERS, burst: BURST },
    quick: { members: 200 },
    isGroup: true,
    timeoutMs: 60_000,
  },
  observed: {
    file: 'observed',
    settings: { pairs: 100, windows: 10, warmUpMs: 500, milliseconds: 1_500 },
    quick: { windows: 1 },
    isObserved: true,
    timeoutMs: 120_000,
  },
};

/** The settings of all scenarios in one of the two forms. `given` are those of the command line: undefined where nothing is said. */
export function settingsOf(isQuick, given) {
  return Object.fromEntries(
    Object.entries(SCENARIOS).map(([key, { settings, quick }]) => [
      key,
      defined({ ...FULL, ...settings, ...(isQuick ? { ...QUICK, ...quick } : {}) }, given),
    ]),
  );
}

/** What was given counts where it has a meaning. */
function defined(settings, given) {
  const known = Object.entries(given).filter(([key, value]) => value !== undefined && key in settings);
  return { ...settings, ...Object.fromEntries(known) };
}
