/**
 * Names of malformed vectors that a protobuf library may read, because protobuf itself takes them: docs/wire-format.md refuses them, since
 * two readers could understand them differently. All others are refused by any library.
 */
export const STRICTER_THAN_PROTOBUF: RegExp = new RegExp(
  [
    // "A known field with another wire type": protobuf takes it for an unknown one.
    '^wrong-type-',
    '^frame-with-payload-of-another-type$',
    '^hello-malformed$',
    // "any varint above 64 bits": some cut the bits off.
    '^varint-above-64-bits-',
    '^varint-ten-bytes-(above-64-bits|all-ones)$',
    // "A tag over 5 bytes or above 2^32-1", and a length above that: some take the lower bits.
    '^tag-(six-bytes|ten-bytes|above-32-bits)$',
    '^length-2-pow-32-plus-1$',
    // "nesting deeper than 100": some count no groups.
    '^nesting-101-groups$',
    '^nesting-98-groups-in-the-third-message$',
    // Some do not look into groups that they skip.
    '^field-0-in-group$',
  ].join('|'),
);
