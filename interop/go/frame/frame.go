// Package frame reads and writes frames: an eight-byte header and a protobuf message.
//
//	offset  size  field
//	0       4     length   big-endian, the number of bytes that follow
//	4       1     version  protocol version; 0 = handshake
//	5       1     type     the message type of the payload
//	6       2     flags    big-endian
//	8             payload
package frame

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

const (
	HeaderBytes          = 8
	DefaultMaxFrameBytes = 1_048_576
	NewestVersion        = 2

	FlagCompressed = 0x0001
	FlagIgnorable  = 0x0002
	criticalFlags  = 0x00FF
)

// Error is returned for invalid bytes; Code is a name of the enum ErrorCode.
type Error struct{ Code, Text string }

func (e *Error) Error() string { return "[" + e.Code + "] " + e.Text }

func refuse(code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

type Frame struct {
	Version, Type byte
	Flags         uint16
	Payload       []byte
}

// Read returns the next frame of a stream, or io.EOF at its end. Errors of the stream, such as a deadline, are returned unchanged; between two
// frames no data is lost, and Read may be called again. After any other error the stream cannot be used any more.
func Read(r io.Reader, maxFrameBytes uint32) (*Frame, error) {
	var header [HeaderBytes]byte
	if _, err := io.ReadFull(r, header[:1]); err != nil {
		return nil, err
	}
	if header[0] != 0 {
		return nil, refuse("FOREIGN_PROTOCOL", "expected 0 as the first byte of a frame, got %d", header[0])
	}
	if err := readMore(r, header[1:4]); err != nil {
		return nil, err
	}
	// Checked before the frame is read.
	length := binary.BigEndian.Uint32(header[:])
	if length < 4 {
		return nil, refuse("FRAME_TOO_SHORT", "length %d, expected at least 4", length)
	}
	if length+4 > maxFrameBytes {
		return nil, refuse("FRAME_TOO_LARGE", "frame of %d bytes, limit %d", length+4, maxFrameBytes)
	}
	if err := readMore(r, header[4:5]); err != nil {
		return nil, err
	}
	if header[4] == '{' || header[4] == '[' {
		return nil, refuse("FOREIGN_PROTOCOL", "JSON text after a length: the legacy form")
	}
	if err := readMore(r, header[5:]); err != nil {
		return nil, err
	}
	// Grows with received data, not with the announced length.
	var payload bytes.Buffer
	if _, err := io.CopyN(&payload, r, int64(length)-4); err != nil {
		return nil, truncated(err)
	}
	return &Frame{header[4], header[5], binary.BigEndian.Uint16(header[6:]), payload.Bytes()}, nil
}

func readMore(r io.Reader, into []byte) error {
	_, err := io.ReadFull(r, into)
	return truncated(err)
}

// truncated converts the end of the stream. Other errors, also those that wrap io.EOF, are returned unchanged.
func truncated(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return refuse("TRUNCATED", "the stream ended inside a frame")
	}
	return err
}

// Bytes encodes the frame.
func (f *Frame) Bytes() []byte {
	out := make([]byte, HeaderBytes, HeaderBytes+len(f.Payload))
	binary.BigEndian.PutUint32(out, uint32(4+len(f.Payload)))
	out[4], out[5] = f.Version, f.Type
	binary.BigEndian.PutUint16(out[6:], f.Flags)
	return append(out, f.Payload...)
}
