// Package frame reads and writes frames: eight bytes of header, then one protobuf message.
//
//	offset  size  field
//	0       4     length   big-endian, the number of bytes behind it
//	4       1     version  of the protocol; 0 = handshake
//	5       1     type     which message the payload is
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
	NewestVersion        = 1

	FlagCompressed = 0x0001
	FlagIgnorable  = 0x0002
	criticalFlags  = 0x00FF
)

// Error says why bytes are refused; Code is a name of the enum ErrorCode.
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

// Read returns the next frame of a stream, or io.EOF where it ends between two frames. Errors of the stream, such as a deadline, are returned
// as they are; between two frames they take nothing from it, and Read may be called again. After any other error the stream cannot be used
// any more.
func Read(r io.Reader, maxFrameBytes uint32) (*Frame, error) {
	var header [HeaderBytes]byte
	if _, err := io.ReadFull(r, header[:1]); err != nil {
		return nil, err
	}
	if header[0] != 0 {
		return nil, refuse("FOREIGN_PROTOCOL", "a frame begins with 0, got %d", header[0])
	}
	if err := readMore(r, header[1:4]); err != nil {
		return nil, err
	}
	// Both before anything is read for it.
	length := binary.BigEndian.Uint32(header[:])
	if length < 4 {
		return nil, refuse("FRAME_TOO_SHORT", "length of a frame: got %d, at least 4", length)
	}
	if length+4 > maxFrameBytes {
		return nil, refuse("FRAME_TOO_LARGE", "frame of %d bytes, limit %d", length+4, maxFrameBytes)
	}
	if err := readMore(r, header[4:5]); err != nil {
		return nil, err
	}
	if header[4] == '{' || header[4] == '[' {
		return nil, refuse("FOREIGN_PROTOCOL", "JSON text behind a length: the legacy form")
	}
	if err := readMore(r, header[5:]); err != nil {
		return nil, err
	}
	// Grows with what arrives, not with what was announced.
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

// truncated tells the end of the stream from its errors, which are returned as they are: one that wraps io.EOF says more than that.
func truncated(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return refuse("TRUNCATED", "the stream ended inside a frame")
	}
	return err
}

// Bytes is the frame as it goes over the wire.
func (f *Frame) Bytes() []byte {
	out := make([]byte, HeaderBytes, HeaderBytes+len(f.Payload))
	binary.BigEndian.PutUint32(out, uint32(4+len(f.Payload)))
	out[4], out[5] = f.Version, f.Type
	binary.BigEndian.PutUint16(out[6:], f.Flags)
	return append(out, f.Payload...)
}
