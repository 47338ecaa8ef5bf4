"""Answers test vectors, for `im-protocol vectors --no-rules --protobuf -- python vectors.py`: one line of JSON per request and answer."""

import io
import json
import sys

from google.protobuf import json_format
from google.protobuf.message import Message

from frame import COMPRESSED, DEFAULT_MAX_FRAME_BYTES, Frame, FrameError, read_frame
from messages import TYPES, decode, encode

BY_NAME = {message.DESCRIPTOR.name: message for message in TYPES.values()}


def answer(request: dict) -> dict:
    try:
        match request['op']:
            case 'decode':
                return {'frame': to_json(*single(request))}
            case 'decodeStream':
                return {'outcomes': list(outcomes(request))}
            case 'encode':
                frame = request['frame']
                return {'hex': to_hex(json_format.ParseDict(frame['message'], BY_NAME[frame['type']]()), frame['flags'], frame['version'])}
            case 'reencode':
                frame, message = single(request)
                return {'hex': to_hex(message, frame.flags, frame.version)}
            case _:
                return {'skip': 'this program does not negotiate'}
    except FrameError as error:
        return {'error': {'code': error.code}}
    except (TypeError, json_format.Error) as error:
        # An Any of an unknown type, or unknown fields, which have no ProtoJSON here.
        return {'skip': str(error)}


def single(request: dict) -> tuple[Frame, Message]:
    """The only frame in the bytes."""
    stream = io.BytesIO(bytes.fromhex(request['hex']))
    frame = read_frame(stream, max_frame_bytes(request))
    if frame is None:
        raise FrameError('TRUNCATED', 'no frame')
    message = message_of(frame, request)
    if stream.read(1):
        raise FrameError('MALFORMED_PAYLOAD', 'bytes after the frame')
    return frame, message


def outcomes(request: dict):
    """Continues after an invalid frame, and stops at broken framing."""
    stream = io.BufferedReader(Chunks(bytes.fromhex(request['hex']), request['chunkBytes']))
    try:
        while (frame := read_frame(stream, max_frame_bytes(request))) is not None:
            try:
                message = message_of(frame, request)
            except FrameError as error:
                yield {'invalid': {'code': error.code}}
            else:
                yield {'frame': to_json(frame, message)}
    except FrameError as error:
        yield {'break': {'code': error.code}}


class Chunks(io.RawIOBase):
    """Returns a limited number of bytes at a time, as a socket may; 0 = all."""

    def __init__(self, data: bytes, size: int):
        self.rest = data
        self.size = size or max(len(data), 1)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        chunk = self.rest[: min(self.size, len(buffer))]
        buffer[: len(chunk)] = chunk
        self.rest = self.rest[len(chunk) :]
        return len(chunk)


def max_frame_bytes(request: dict) -> int:
    return request['settings'].get('maxFrameBytes', DEFAULT_MAX_FRAME_BYTES)


def message_of(frame: Frame, request: dict) -> Message:
    settings = request['settings']
    return decode(frame, max_frame_bytes(request), settings.get('version'), 'deflate' in settings.get('features', []))


def to_json(frame: Frame, message: Message) -> dict:
    body = json_format.MessageToDict(message)
    return {'version': frame.version, 'type': type(message).__name__, 'flags': frame.flags, 'message': body}


def to_hex(message: Message, flags: int, version: int) -> str:
    return encode(message, flags & ~COMPRESSED, version).hex()


if __name__ == '__main__':
    for line in sys.stdin.buffer:
        request = json.loads(line)
        sys.stdout.buffer.write(json.dumps({'id': request['id'], **answer(request)}).encode() + b'\n')
        sys.stdout.buffer.flush()
