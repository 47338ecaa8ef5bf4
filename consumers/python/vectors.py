"""Answers test vectors: a line of JSON in, a line of JSON out, as vectors/README.md of the package says ("Line by line")."""

import io
import json
import sys

from google.protobuf import json_format

from frame import COMPRESSED, DEFAULT_MAX_FRAME_BYTES, FrameError, read_frame
from messages import TYPES, decode, encode

BY_NAME = {message.DESCRIPTOR.name: message for message in TYPES.values()}


def answer(request: dict) -> dict:
    name = {'name': request['name']}
    try:
        return {**name, 'ok': True, **(decoded(request) if 'hex' in request else encoded(request['json']))}
    except FrameError as error:
        return {**name, 'ok': False, 'error': error.code}


def decoded(request: dict) -> dict:
    settings = request.get('settings', {})
    max_frame_bytes = settings.get('maxFrameBytes', DEFAULT_MAX_FRAME_BYTES)
    stream = io.BytesIO(bytes.fromhex(request['hex']))
    frame = read_frame(stream, max_frame_bytes)
    if frame is None:
        raise FrameError('TRUNCATED', 'no frame')
    message = decode(frame, max_frame_bytes, settings.get('version'), 'deflate' in settings.get('features', []))
    if stream.read(1):
        raise FrameError('MALFORMED_PAYLOAD', 'bytes behind the frame')
    result = {'hex': encode(message, frame.flags & ~COMPRESSED).hex()}
    try:
        body = json_format.MessageToDict(message)
    except (TypeError, json_format.SerializeToJsonError):
        # An Any whose type nobody told: it has no ProtoJSON here. The bytes speak.
        return result
    return {**result, 'json': {'version': frame.version, 'type': type(message).__name__, 'flags': frame.flags, 'message': body}}


def encoded(frame: dict) -> dict:
    message = json_format.ParseDict(frame['message'], BY_NAME[frame['type']]())
    return {'hex': encode(message, frame['flags'] & ~COMPRESSED).hex()}


if __name__ == '__main__':
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(answer(json.loads(line))).encode() + b'\n')
        sys.stdout.buffer.flush()
