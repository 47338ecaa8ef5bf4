import { commandDigest } from './command-digest.js';

/**
 * Compares the client's commands with one's own. A number that both sides know under different names means that one of them has
 * renumbered its commands: it would take one message for another, so it is told at connect time. A number that only one side knows
 * is fine.
 *
 * @param digests Hello.command_digests: digest by number.
 * @param names the commands that this side knows: name by number.
 * @returns what differs, for people; undefined if nothing does.
 */
export function commandConflict(digests: ReadonlyMap<number, number>, names: ReadonlyMap<number, string>): string | undefined {
  const conflicts: string[] = [];
  for (const [number, digest] of digests) {
    const name = names.get(number);
    if (name === undefined || commandDigest(name) === digest) continue;
    conflicts.push(
      `command ${number}: got digest ${hex(digest)}, here it is ${shortened(name)} with ${hex(commandDigest(name))}`,
    );
  }
  if (conflicts.length === 0) return undefined;
  return conflicts.length === 1 ? conflicts[0] : `${conflicts[0]} (and ${conflicts.length - 1} more)`;
}

function hex(digest: number): string {
  return `0x${digest.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** The text goes into a Reject, whose message is bounded. */
function shortened(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}...` : name;
}
