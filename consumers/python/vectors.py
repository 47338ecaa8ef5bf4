"""Answers test vectors, for `im-protocol vectors -- python vectors.py`: a line of JSON in, a line of JSON out."""

import io
import json
import sys

from google.protobuf import json_format

from frame import COMPRESSED, DEFAULT_MAX_FRAME_BYTES, FrameError, read_frame
from messages import TYPES, decode, encode

BY_NAME = {message.DESCRIPTOR.name: message for message in TYPES.values()}


def answer(request: dict) -> dict:
    try:
        if request['op'] == 'decode':
            return decoded(request)
        if request['op'] == 'encode':
            return encoded(request['frame'])
        return {'skip': request['op']}
    except FrameError as error:
        return {'error': {'code': error.code}}
    except json_format.ParseError as error:
        # Unknown fields, or an Any whose type nobody told: they have no ProtoJSON here.
        return {'skip': str(error)}


def decoded(request: dict) -> dict:
    settings = request['settings']
    max_frame_bytes = settings.get('maxFrameBytes', DEFAULT_MAX_FRAME_BYTES)
    stream = io.BytesIO(bytes.fromhex(request['hex']))
    frame = read_frame(stream, max_frame_bytes)
    if frame is None:
        raise FrameError('TRUNCATED', 'no frame')
    message = decode(frame, max_frame_bytes, settings.get('version'), 'deflate' in settings.get('features', []))
    if stream.read(1):
        raise FrameError('MALFORMED_PAYLOAD', 'bytes behind the frame')
    # More than was asked for: `npm run interop` looks at what comes out again.
    again = {'hex': encode(message, frame.flags & ~COMPRESSED).hex()}
    try:
        body = json_format.MessageToDict(message)
    except (TypeError, json_format.SerializeToJsonError) as error:
        return {**again, 'skip': str(error)}
    return {**again, 'frame': {'version': frame.version, 'type': type(message).__name__, 'flags': frame.flags, 'message': body}}


def encoded(frame: dict) -> dict:
    message = json_format.ParseDict(frame['message'], BY_NAME[frame['type']]())
    return {'hex': encode(message, frame['flags'] & ~COMPRESSED).hex()}


if __name__ == '__main__':
    for line in sys.stdin.buffer:
        request = json.loads(line)
        sys.stdout.buffer.write(json.dumps({'id': request['id'], **answer(request)}).encode() + b'\n')
        sys.stdout.buffer.flush()
