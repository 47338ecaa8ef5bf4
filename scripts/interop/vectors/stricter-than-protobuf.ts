/**
 * Names of malformed vectors that a protobuf library may read, because protobuf itself takes them: docs/wire-format.md refuses them, since
 * two readers could understand them differently. All others are refused by any library.
 */
export const STRICTER_THAN_PROTOBUF = /^wrong-type-/;
