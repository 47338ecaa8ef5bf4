"""Converts between frames and messages."""

from google.protobuf.message import DecodeError, Message
from im.protocol.v1 import (
    group_message_pb2,
    handshake_pb2,
    heartbeat_info_pb2,
    login_info_pb2,
    private_message_pb2,
    receive_info_pb2,
    send_info_pb2,
    send_result_pb2,
    session_event_pb2,
    session_info_pb2,
    topic_message_pb2,
    uplink_info_pb2,
    user_info_pb2,
)
from im.protocol.v1.command_pb2 import COMMAND_LOGIN

from frame import COMPRESSED, DEFAULT_MAX_FRAME_BYTES, HANDSHAKE_TYPES, Frame, FrameError, check_header, inflate, write_frame

# A reader may support only some types.
TYPES: dict[int, type[Message]] = {
    1: login_info_pb2.LoginInfo,
    2: session_info_pb2.SessionInfo,
    3: user_info_pb2.UserInfo,
    4: heartbeat_info_pb2.HeartbeatInfo,
    5: private_message_pb2.PrivateMessage,
    6: group_message_pb2.GroupMessage,
    7: send_info_pb2.SendInfo,
    8: receive_info_pb2.ReceiveInfo,
    9: send_result_pb2.SendResult,
    10: topic_message_pb2.TopicMessage,
    11: session_event_pb2.SessionEvent,
    12: uplink_info_pb2.UplinkInfo,
    64: handshake_pb2.Hello,
    65: handshake_pb2.Welcome,
    66: handshake_pb2.Reject,
}
NUMBERS = {message: number for number, message in TYPES.items()}


def decode(frame: Frame, max_frame_bytes: int = DEFAULT_MAX_FRAME_BYTES, version: int | None = None, deflate: bool = False) -> Message:
    """Decodes the message of a frame. Field rules (docs/reference.md) are not checked."""
    check_header(frame, TYPES, version, deflate)
    is_compressed = frame.flags & COMPRESSED
    payload = inflate(frame.payload, max_frame_bytes) if is_compressed else frame.payload
    try:
        message = TYPES[frame.type].FromString(payload)
    except DecodeError as error:
        raise FrameError('MALFORMED_PAYLOAD', str(error)) from error
    if is_compressed and carries_token(message):
        raise FrameError('NOT_NEGOTIATED', 'LOGIN is never compressed')
    return message


def carries_token(message: Message) -> bool:
    return isinstance(message, login_info_pb2.LoginInfo) or (isinstance(message, send_info_pb2.SendInfo) and message.cmd == COMMAND_LOGIN)


def encode(message: Message, flags: int = 0, version: int = 1) -> bytes:
    """Encodes an uncompressed frame. Every reader knows version 1; frames of the handshake have version 0."""
    kind = NUMBERS[type(message)]
    return write_frame(kind, message.SerializeToString(), 0 if kind in HANDSHAKE_TYPES else version, flags)
