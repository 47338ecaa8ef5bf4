/** The names of the platform's consumer groups, by what they consume: all consumers of a group need the same topics. */
export const SERVICES = { results: 'chat', sessions: 'chat-sessions', uplinks: 'chat-uplinks' } as const;
