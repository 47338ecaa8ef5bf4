package frame

import (
	"bytes"
	"compress/flate"
	"io"
)

// inflate reads a compressed payload: exactly one raw DEFLATE stream, inflated with a size limit.
func inflate(payload []byte, maxFrameBytes uint32) ([]byte, error) {
	limit := int64(maxFrameBytes) - HeaderBytes
	// flate reads a bytes.Reader byte by byte, so trailing data stays in it.
	compressed := bytes.NewReader(payload)
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(compressed), limit+1))
	if int64(len(plain)) > limit {
		return nil, refuse("DECOMPRESSED_TOO_LARGE", "limit %d", limit)
	}
	if err != nil {
		return nil, refuse("MALFORMED_PAYLOAD", "%v", err)
	}
	if compressed.Len() > 0 {
		return nil, refuse("MALFORMED_PAYLOAD", "%d bytes after the DEFLATE stream", compressed.Len())
	}
	return plain, nil
}
