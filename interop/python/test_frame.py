"""python -m unittest: tests of the reader with short reads and failing streams."""

import io
import os
import threading
import time
import unittest

from frame import FrameError, read_frame

HEARTBEAT = bytes.fromhex('00000006010400000801')


class Scripted(io.RawIOBase):
    """Returns one item per read: bytes, an error, or None for no data. Then it ends."""

    def __init__(self, *items):
        self.items = list(items)

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.items:
            return 0
        item = self.items.pop(0)
        if isinstance(item, Exception):
            raise item
        if item is None:
            return None
        some = item[: len(buffer)]
        buffer[: len(some)] = some
        if len(item) > len(some):
            self.items.insert(0, item[len(some) :])
        return len(some)


def singles(data):
    return [data[i : i + 1] for i in range(len(data))]


class ReadFrameTest(unittest.TestCase):
    def test_short_reads(self):
        stream = Scripted(*singles(HEARTBEAT), *singles(HEARTBEAT))
        for _ in range(2):
            self.assertEqual(read_frame(stream).payload, HEARTBEAT[8:])
        self.assertIsNone(read_frame(stream))

    def test_unbuffered_pipe(self):
        payload = bytes(200_000)
        frame = (4 + len(payload)).to_bytes(4, 'big') + bytes([1, 4, 0, 0]) + payload
        read_end, write_end = os.pipe()

        def write():
            with open(write_end, 'wb', buffering=0) as out:
                for start in range(0, len(frame), 50_001):
                    out.write(frame[start : start + 50_001])
                    time.sleep(0.01)

        writer = threading.Thread(target=write)
        writer.start()
        with open(read_end, 'rb', buffering=0) as stream:
            self.assertEqual(read_frame(stream).payload, payload)
            self.assertIsNone(read_frame(stream))
        writer.join()

    def test_end_inside_a_frame(self):
        for size in range(1, len(HEARTBEAT)):
            with self.assertRaises(FrameError) as caught:
                read_frame(Scripted(HEARTBEAT[:size]))
            self.assertEqual(caught.exception.code, 'TRUNCATED')

    def test_errors_of_the_stream(self):
        for cause in (ConnectionResetError(), TimeoutError(), BlockingIOError()):
            for size in range(len(HEARTBEAT)):
                with self.assertRaises(type(cause)):
                    read_frame(Scripted(*singles(HEARTBEAT[:size]), cause))

    def test_no_data_is_not_the_end(self):
        for size in range(len(HEARTBEAT)):
            with self.assertRaises(BlockingIOError):
                read_frame(Scripted(*singles(HEARTBEAT[:size]), None))

    def test_no_data_between_frames_loses_nothing(self):
        stream = Scripted(None, HEARTBEAT)
        with self.assertRaises(BlockingIOError):
            read_frame(stream)
        self.assertEqual(read_frame(stream).payload, HEARTBEAT[8:])


if __name__ == '__main__':
    unittest.main()
