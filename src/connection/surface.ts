/**
 * Brings up what a callback of the application threw in the middle of our own work: as an unhandled rejection, as it would be in an `async`
 * function that nobody awaits. Thrown on, it would leave a connection half done.
 */
export function surface(error: unknown): void {
  void Promise.reject(error);
}
