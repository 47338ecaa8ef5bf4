/** When the bytes at hand arrived, in milliseconds: one look at the clock for all that is in them. */
export const arrival = { atMs: 0 };
