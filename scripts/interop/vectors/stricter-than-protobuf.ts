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
    // Some do not look into groups that they skip.
    '^field-0-in-group$',
  ].join('|'),
);
