"""Frames: an eight-byte header and a protobuf message.

offset  size  field
0       4     length   big-endian, the number of bytes that follow
4       1     version  protocol version; 0 = handshake
5       1     type     the message type of the payload
6       2     flags    big-endian
8             payload
"""

import errno
import struct
import zlib
from typing import BinaryIO, NamedTuple

HEADER_BYTES = 8
DEFAULT_MAX_FRAME_BYTES = 1_048_576
MAX_READ_BYTES = 65_536
NEWEST_VERSION = 2
HANDSHAKE_TYPES = {64, 65, 66}
# SessionEvent and UplinkInfo.
VERSION_2_TYPES = {11, 12}
COMPRESSED = 0x0001
CRITICAL_FLAGS = 0x00FF
KNOWN_FLAGS = 0x0003  # COMPRESSED, IGNORABLE


class FrameError(Exception):
    """Invalid bytes; `code` is a name of the enum ErrorCode."""

    def __init__(self, code: str, text: str):
        super().__init__(f'[{code}] {text}')
        self.code = code


class Frame(NamedTuple):
    version: int
    type: int
    flags: int
    payload: bytes


def read_frame(stream: BinaryIO, max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES) -> Frame | None:
    """The next frame of a stream (a file, a pipe, or `socket.makefile('rb')`, buffered or not), or None at the end of the stream.

    Errors of the stream (a timeout, a reset) are passed on; a non-blocking stream without data raises BlockingIOError. Between two frames, no
    data is lost: call again. After any other error the stream cannot be used any more.
    """
    first = read_some(stream, 1)
    if not first:
        return None
    if first != b'\0':
        raise FrameError('FOREIGN_PROTOCOL', f'expected 0 as the first byte of a frame, got {first[0]}')
    length = int.from_bytes(first + read_exactly(stream, 3), 'big')
    # Checked before the frame is read.
    if length < 4:
        raise FrameError('FRAME_TOO_SHORT', f'length {length}, expected at least 4')
    if 4 + length > max_frame_bytes:
        raise FrameError('FRAME_TOO_LARGE', f'frame of {4 + length} bytes, limit {max_frame_bytes}')
    version = read_exactly(stream, 1)
    if version in b'{[':
        raise FrameError('FOREIGN_PROTOCOL', 'JSON text after a length: the legacy form')
    kind, flags = struct.unpack('>BH', read_exactly(stream, 3))
    return Frame(version[0], kind, flags, read_exactly(stream, length - 4))


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """An unbuffered stream may return fewer bytes: only an empty result is the end."""
    data = bytearray()
    while len(data) < size:
        # In chunks, so that memory grows with received data, not with the announced length.
        some = read_some(stream, min(size - len(data), MAX_READ_BYTES))
        if not some:
            raise FrameError('TRUNCATED', f'the stream ended inside a frame: got {len(data)} of {size} bytes')
        data += some
    return bytes(data)


def read_some(stream: BinaryIO, size: int) -> bytes:
    """At least one byte, at most `size`; empty at the end of the stream."""
    data = stream.read(size)
    if data is None:
        raise BlockingIOError(errno.EAGAIN, 'no data available')
    return data


def check_header(frame: Frame, known_types, version: int | None = None, deflate: bool = False) -> None:
    """Checks the header of a frame. `version` and `deflate` were negotiated on the connection; elsewhere, nothing is negotiated."""
    is_handshake = frame.version == 0
    if frame.type in known_types and (frame.type in HANDSHAKE_TYPES) != is_handshake:
        raise FrameError('UNSUPPORTED_TYPE', f'type {frame.type} does not go with version {frame.version}')
    if not is_handshake and (frame.version > NEWEST_VERSION if version is None else frame.version != version):
        raise FrameError('UNSUPPORTED_VERSION', f'version {frame.version}')
    # A type of a later version is unknown.
    if frame.type not in known_types or (frame.version == 1 and frame.type in VERSION_2_TYPES):
        raise FrameError('UNSUPPORTED_TYPE', f'type {frame.type} is unknown')
    unknown = frame.flags & CRITICAL_FLAGS & ~(0 if is_handshake else KNOWN_FLAGS)
    if unknown:
        raise FrameError('UNSUPPORTED_FLAGS', f'flag bits 0x{unknown:04x}')
    if frame.flags & COMPRESSED and not deflate:
        raise FrameError('NOT_NEGOTIATED', 'compressed frame, but deflate was not negotiated')


def inflate(payload: bytes, max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES) -> bytes:
    """The payload of a COMPRESSED frame: exactly one raw DEFLATE stream, inflated with a size limit."""
    limit = max_frame_bytes - HEADER_BYTES
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = stream.decompress(payload, limit + 1)
    except zlib.error as error:
        raise FrameError('MALFORMED_PAYLOAD', str(error)) from error
    if len(plain) > limit:
        raise FrameError('DECOMPRESSED_TOO_LARGE', f'limit {limit}')
    if not stream.eof or stream.unused_data:
        raise FrameError('MALFORMED_PAYLOAD', 'not exactly one DEFLATE stream')
    return plain


def write_frame(kind: int, payload: bytes, version: int = 1, flags: int = 0) -> bytes:
    return struct.pack('>IBBH', 4 + len(payload), version, kind, flags) + payload
