// How large nested messages are likely to be. The first pass of an encoder notes it for each, the second leaves room for the length
// accordingly, so that hardly anything has to be moved. A hint that is wrong costs time and nothing else: `closeLength` mends it.

/** Messages beyond so many take turns in the same places. A power of 2. */
const KEPT = 64;
const hints = new Int32Array(KEPT);
let opened = 0;
let used = 0;

/** Both passes begin anew. */
export function resetHints(): void {
  opened = 0;
  used = 0;
}

/** The place of the next nested message, in the order in which both passes meet them: a message before what is in it. */
export function openHint(): number {
  return opened++ & (KEPT - 1);
}

/** Notes what room a message is likely to take, and returns it. */
export function noteHint(place: number, room: number): number {
  hints[place] = room;
  return room;
}

/** The room that was noted for the next nested message. */
export function nextHint(): number {
  return hints[used++ & (KEPT - 1)];
}
