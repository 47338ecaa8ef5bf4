// "The first byte of every frame is 0: HTTP, TLS and JSON text sent to the port are told from the first byte, and the error says what
// they look like." One byte alone is looked at, because more may not have arrived, and the text is the same for any chunking.

const LOOKS_LIKE: ReadonlyMap<number, string> = new Map([
  [0x08, 'a protobuf message without a frame header'],
  [0x0a, 'a protobuf message without a frame header'],
  [0x0d, 'a PROXY protocol header, version 2'],
  [0x15, 'a TLS alert: the peer expects TLS'],
  [0x16, 'a TLS ClientHello: the peer speaks TLS to a port without it'],
  [0x3c, 'HTML or XML'],
  [0x43, 'an HTTP request (CONNECT)'],
  [0x44, 'an HTTP request (DELETE)'],
  [0x47, 'an HTTP request (GET)'],
  [0x48, 'an HTTP response, or an HTTP request (HEAD)'],
  [0x4f, 'an HTTP request (OPTIONS)'],
  [0x50, 'an HTTP request (POST, PUT, PATCH), the HTTP/2 preface (PRI) or a PROXY protocol header (PROXY)'],
  [0x53, 'an SSH banner'],
  [0x54, 'an HTTP request (TRACE)'],
  [0x5b, 'JSON text'],
  [0x7b, 'JSON text'],
  [0x81, 'a WebSocket text frame'],
  [0x82, 'a WebSocket binary frame: frames are what is in it'],
]);

/** What a stream with this first byte looks like. */
export function foreignProtocol(firstByte: number): string {
  return LOOKS_LIKE.get(firstByte) ?? 'another protocol, or a frame of 16 MiB or more';
}
