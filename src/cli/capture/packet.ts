// The packets of a capture file, and the interface of its readers.

/** A captured packet. */
export interface Packet {
  /** Link type by the registry of LINKTYPE_* numbers; undefined = unknown. */
  readonly link: number | undefined;
  readonly bytes: Buffer;
}

/** Reads a capture file in chunks. */
export interface PacketReader {
  /** @throws Failure if the input is not a valid capture. */
  push(bytes: Uint8Array): Iterable<Packet>;
  /** Returns a message if the input ends in the middle of a record. */
  end(): string | undefined;
}

/** Maximum bytes of a packet. Loopback interfaces coalesce packets to up to half a megabyte. */
export const MAX_PACKET_BYTES = 1 << 20;
