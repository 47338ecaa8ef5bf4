// What a reader of captures hands out.

/** A packet as it was captured. */
export interface Packet {
  /** What it begins with: a number of the registry of link types; undefined where that has to be found out. */
  readonly link: number | undefined;
  readonly bytes: Buffer;
}

/** Takes a capture in chunks. */
export interface PacketReader {
  /** @throws Failure for what is no capture. */
  push(bytes: Uint8Array): Iterable<Packet>;
  /** Where the input ends too early, what it ends in. */
  end(): string | undefined;
}

/** No packet is larger: those of loopback may be put together to half a megabyte. */
export const MAX_PACKET_BYTES = 1 << 20;
