package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"testing/iotest"
)

// A HEARTBEAT of 10 bytes.
var heartbeat = []byte{0, 0, 0, 6, 1, 4, 0, 0, 8, 1}

func TestReadsWhateverTheStreamGivesAtATime(t *testing.T) {
	twice := append(append([]byte{}, heartbeat...), heartbeat...)
	for name, in := range map[string]io.Reader{
		"one byte":             iotest.OneByteReader(bytes.NewReader(twice)),
		"half":                 iotest.HalfReader(bytes.NewReader(twice)),
		"the end with bytes":   iotest.DataErrReader(bytes.NewReader(twice)),
		"nothing now and then": &pauses{in: iotest.OneByteReader(bytes.NewReader(twice))},
	} {
		for range 2 {
			got, err := Read(in, DefaultMaxFrameBytes)
			if err != nil || !bytes.Equal(got.Bytes(), heartbeat) {
				t.Fatalf("%s: got %v, %v", name, got, err)
			}
		}
		if got, err := Read(in, DefaultMaxFrameBytes); err != io.EOF {
			t.Fatalf("%s: got %v, %v, expected io.EOF", name, got, err)
		}
	}
}

func TestTheEndInsideAFrameIsTruncated(t *testing.T) {
	for size := 1; size < len(heartbeat); size++ {
		_, err := Read(bytes.NewReader(heartbeat[:size]), DefaultMaxFrameBytes)
		if refused := (*Error)(nil); !errors.As(err, &refused) || refused.Code != "TRUNCATED" {
			t.Fatalf("after %d bytes: got %v", size, err)
		}
	}
}

func TestAnErrorOfTheStreamIsReturnedAsItIs(t *testing.T) {
	for _, cause := range []error{os.ErrDeadlineExceeded, errors.New("connection reset"), fmt.Errorf("proxy gone: %w", io.EOF)} {
		for size := 0; size < len(heartbeat); size++ {
			in := io.MultiReader(bytes.NewReader(heartbeat[:size]), iotest.ErrReader(cause))
			if _, err := Read(in, DefaultMaxFrameBytes); err != cause {
				t.Fatalf("after %d bytes: got %v, expected %v", size, err, cause)
			}
		}
	}
}

// pauses returns no bytes on every second read, as readers may.
type pauses struct {
	in    io.Reader
	pause bool
}

func (p *pauses) Read(into []byte) (int, error) {
	if p.pause = !p.pause; p.pause {
		return 0, nil
	}
	return p.in.Read(into)
}
