"""Writes a Hello, a private message and a heartbeat as frames to standard output.

python write_frames.py > frames.bin
"""

import sys

from im.protocol.v1.command_pb2 import COMMAND_HEARTBEAT, COMMAND_PRIVATE_MESSAGE
from im.protocol.v1.content_pb2 import Content, TextContent
from im.protocol.v1.handshake_pb2 import Hello
from im.protocol.v1.heartbeat_info_pb2 import HeartbeatInfo
from im.protocol.v1.private_message_pb2 import PrivateMessage
from im.protocol.v1.send_info_pb2 import SendInfo
from im.protocol.v1.terminal_pb2 import TERMINAL_APP
from im.protocol.v1.user_info_pb2 import UserInfo

from messages import encode

MESSAGES = [
    Hello(versions=[1], agent='interop'),
    SendInfo(
        cmd=COMMAND_PRIVATE_MESSAGE,
        sequence=7,
        private_message=PrivateMessage(
            sender=UserInfo(user_id=2**53 + 1, terminal=TERMINAL_APP),
            receiver_id=2**63 - 1,
            content=Content(client_message_id='c1', text=TextContent(text='你好')),
        ),
    ),
    SendInfo(cmd=COMMAND_HEARTBEAT, sequence=8, heartbeat=HeartbeatInfo(sent_at_ms=1767225600000)),
]

if __name__ == '__main__':
    for message in MESSAGES:
        sys.stdout.buffer.write(encode(message))
