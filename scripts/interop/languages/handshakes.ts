const REASON = 'the program reads frames, and makes no handshakes';

/** Requests that programs without connections do not answer. */
export const HANDSHAKES: Readonly<Record<string, string>> = { negotiate: REASON, check: REASON };
