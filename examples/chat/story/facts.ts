// The texts of all facts. Both the replay of the file and the observers of the clients use them, and the ledger compares them.

/** JSON whose keys are in the order of the alphabet, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Each begins with its kind, under which the ledger counts it. */
export const facts = {
  loggedIn: (device: string) => `login: ${device} is logged in`,
  heartbeat: (device: string) => `heartbeat: ${device} gets the reply to its heartbeat`,
  /** @param content without the fields that the platform sets: messageId and sentAtMs. */
  delivered: (device: string, from: string, to: string, content: unknown) =>
    `delivery: ${device} gets from ${from} to ${to} ${canonical(content)}`,
  accepted: (device: string, message: string) => `reply: ${device} gets SUCCESS for ${message}`,
  denied: (device: string, code: string) => `reply: ${device} is denied a request, ${code}`,
  result: (what: string, code: string, place: string) => `result: the platform gets ${code} of ${what} for ${place}`,
  left: (place: string, server: string) => `route: the platform learns that ${place} has left ${server}`,
  hasOneId: (message: string) => `id: ${message} has a unique id above 2^53`,
  forcedOut: (device: string) => `forced logout: ${device} gets FORCE_LOGOUT`,
  ended: (device: string, reason: string) => `end: ${device} has its connection ended, ${reason}`,
  logged: (server: string, code: string) => `refusal: ${server} logs ${code}`,
  visitor: (name: string, sees: string) => `visitor: ${name} sees ${sees}`,
};
