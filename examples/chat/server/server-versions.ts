/** The versions of the protocol that the servers take. */
export const SERVER_VERSIONS = [1];
