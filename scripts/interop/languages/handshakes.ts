const REASON = 'the program reads frames, and makes no handshakes';

/** What a program leaves out that has no connections. */
export const HANDSHAKES: Readonly<Record<string, string>> = { negotiate: REASON, check: REASON };
