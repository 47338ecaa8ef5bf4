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
  synced: (device: string) => `sync: ${device} has everything`,
  heartbeat: (device: string) => `heartbeat: ${device} gets the reply to its heartbeat`,
  /** @param content without the fields that the platform sets. */
  delivered: (device: string, from: string, to: string, content: unknown) =>
    `delivery: ${device} gets from ${from} to ${to} ${canonical(content)}`,
  edited: (device: string, message: string, text: string) => `change: ${device} shows ${message} edited: ${text}`,
  recalled: (device: string, message: string) => `change: ${device} shows ${message} recalled`,
  reaction: (device: string, message: string, reactions: string) => `change: ${device} shows ${message} with ${reactions}`,
  read: (device: string, who: string, message: string) => `read: ${device} shows that ${who} read up to ${message}`,
  typing: (device: string, user: string) => `typing: ${device} shows that ${user} is typing`,
  presence: (device: string, user: string, presence: string) => `presence: ${device} shows ${user} as ${presence}`,
  streamStarts: (device: string) => `stream: ${device} shows an answer that is being written`,
  streamEnds: (device: string, state: string) => `stream: ${device} has the text that is stored, ${state}`,
  call: (device: string, step: string) => `call: ${device} gets ${step}`,
  room: (device: string, from: string, message: string) => `room: ${device} gets ${message} of ${from}`,
  inRoom: (device: string, room: string, isIn: boolean) => `room: ${device} is ${isIn ? '' : 'no longer '}in ${room}`,
  filled: (device: string) => `hole: ${device} asks for what is missing`,
  accepted: (device: string, message: string) => `reply: ${device} gets SUCCESS for ${message}`,
  denied: (device: string, code: string) => `reply: ${device} is denied a request, ${code}`,
  result: (what: string, code: string, place: string) => `result: the platform gets ${code} of ${what} for ${place}`,
  arrived: (place: string, server: string) => `route: the platform learns that ${place} is on ${server}`,
  left: (place: string, server: string) => `route: the platform learns that ${place} has left ${server}`,
  hasOneId: (message: string) => `id: ${message} has a unique id above 2^53`,
  forcedOut: (device: string) => `forced logout: ${device} gets FORCE_LOGOUT`,
  ended: (device: string, reason: string) => `end: ${device} has its connection ended, ${reason}`,
  logged: (server: string, code: string) => `refusal: ${server} logs ${code}`,
  visitor: (name: string, sees: string) => `visitor: ${name} sees ${sees}`,
};
