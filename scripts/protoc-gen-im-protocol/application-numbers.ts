// First numbers of applications, as in the schema (frame.proto, command.proto). A test compares them, because the generator cannot import what
// it generates.

/** "Commands from this number on belong to applications." */
export const FIRST_APPLICATION_COMMAND = 1000;

/** "Frame types from here to 255 belong to applications." */
export const FIRST_APPLICATION_TYPE = 128;
