"""Reads frames from standard input and prints a line of JSON for each.

python read_frames.py < capture.bin
"""

import sys

from google.protobuf import json_format

from frame import read_frame
from messages import decode


def main() -> None:
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        message = decode(frame)
        print(type(message).__name__, json_format.MessageToJson(message, indent=None, ensure_ascii=False))


if __name__ == '__main__':
    main()
