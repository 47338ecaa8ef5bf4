// Answers test vectors, for `im-protocol vectors --no-rules --protobuf -- bin/vectors`: one line of JSON per request and answer.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"slices"

	"example.com/chat/frame"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

type request struct {
	Id         int        `json:"id"`
	Op         string     `json:"op"`
	Hex        string     `json:"hex"`
	ChunkBytes int        `json:"chunkBytes"`
	Frame      *frameJson `json:"frame"`
	Settings   struct {
		MaxFrameBytes uint32   `json:"maxFrameBytes"`
		Version       byte     `json:"version"`
		Features      []string `json:"features"`
	} `json:"settings"`
}

type frameJson struct {
	Version byte            `json:"version"`
	Type    string          `json:"type"`
	Flags   uint16          `json:"flags"`
	Message json.RawMessage `json:"message"`
}

type answer struct {
	Id       int        `json:"id"`
	Frame    *frameJson `json:"frame,omitempty"`
	Outcomes []outcome  `json:"outcomes,omitzero"`
	Hex      string     `json:"hex,omitempty"`
	Error    *errorJson `json:"error,omitempty"`
	Skip     string     `json:"skip,omitempty"`
}

type outcome struct {
	Frame   *frameJson `json:"frame,omitempty"`
	Invalid *errorJson `json:"invalid,omitempty"`
	Break   *errorJson `json:"break,omitempty"`
}

type errorJson struct {
	Code string `json:"code"`
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		var asked request
		if err := in.Decode(&asked); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		result := reply(&asked)
		result.Id = asked.Id
		if err := out.Encode(result); err != nil {
			log.Fatal(err)
		}
	}
}

func reply(asked *request) *answer {
	var result *answer
	var err error
	switch asked.Op {
	case "decode":
		result, err = decode(asked)
	case "decodeStream":
		result, err = decodeStream(asked)
	case "encode":
		result, err = encode(asked.Frame)
	case "reencode":
		result, err = reencode(asked)
	default:
		return &answer{Skip: "this program does not negotiate"}
	}
	if refused := (*frame.Error)(nil); errors.As(err, &refused) {
		return &answer{Error: &errorJson{refused.Code}}
	} else if err != nil {
		// An Any of an unknown type, or unknown fields, which have no ProtoJSON here.
		return &answer{Skip: err.Error()}
	}
	return result
}

func decode(asked *request) (*answer, error) {
	only, message, err := single(asked)
	if err != nil {
		return nil, err
	}
	result, err := toJson(only, message)
	return &answer{Frame: result}, err
}

// single reads the only frame in the bytes.
func single(asked *request) (*frame.Frame, proto.Message, error) {
	in := bytes.NewReader(asked.bytes())
	only, err := frame.Read(in, asked.maxFrameBytes())
	if err == io.EOF {
		return nil, nil, &frame.Error{Code: "TRUNCATED", Text: "no frame"}
	} else if err != nil {
		return nil, nil, err
	}
	message, err := frame.Decode(only, asked.maxFrameBytes(), asked.agreed())
	if err == nil && in.Len() > 0 {
		err = &frame.Error{Code: "MALFORMED_PAYLOAD", Text: "bytes after the frame"}
	}
	return only, message, err
}

// decodeStream continues after an invalid frame, and stops at broken framing.
func decodeStream(asked *request) (*answer, error) {
	in := &chunks{asked.bytes(), asked.ChunkBytes}
	outcomes := []outcome{}
	for {
		next, err := frame.Read(in, asked.maxFrameBytes())
		if err == io.EOF {
			return &answer{Outcomes: outcomes}, nil
		}
		if refused := (*frame.Error)(nil); errors.As(err, &refused) {
			return &answer{Outcomes: append(outcomes, outcome{Break: &errorJson{refused.Code}})}, nil
		} else if err != nil {
			return nil, err
		}
		message, err := frame.Decode(next, asked.maxFrameBytes(), asked.agreed())
		if refused := (*frame.Error)(nil); errors.As(err, &refused) {
			outcomes = append(outcomes, outcome{Invalid: &errorJson{refused.Code}})
			continue
		} else if err != nil {
			return nil, err
		}
		good, err := toJson(next, message)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome{Frame: good})
	}
}

// chunks returns a limited number of bytes at a time, as a socket may; 0 = all.
type chunks struct {
	rest []byte
	size int
}

func (c *chunks) Read(into []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	if c.size > 0 && len(into) > c.size {
		into = into[:c.size]
	}
	n := copy(into, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func encode(asked *frameJson) (*answer, error) {
	message, err := frame.New(asked.Type)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal(asked.Message, message); err != nil {
		return nil, err
	}
	return toHex(message, asked.Version, asked.Flags)
}

func reencode(asked *request) (*answer, error) {
	only, message, err := single(asked)
	if err != nil {
		return nil, err
	}
	return toHex(message, only.Version, only.Flags)
}

func toHex(message proto.Message, version byte, flags uint16) (*answer, error) {
	bytes, err := frame.EncodeVersion(message, version, flags&^frame.FlagCompressed)
	return &answer{Hex: hex.EncodeToString(bytes)}, err
}

func toJson(f *frame.Frame, message proto.Message) (*frameJson, error) {
	body, err := protojson.Marshal(message)
	return &frameJson{f.Version, frame.NameOf(message), f.Flags, body}, err
}

func (asked *request) bytes() []byte {
	raw, err := hex.DecodeString(asked.Hex)
	if err != nil {
		log.Fatal(err)
	}
	return raw
}

func (asked *request) maxFrameBytes() uint32 {
	return cmp.Or(asked.Settings.MaxFrameBytes, frame.DefaultMaxFrameBytes)
}

func (asked *request) agreed() frame.Agreed {
	return frame.Agreed{Version: asked.Settings.Version, Deflate: slices.Contains(asked.Settings.Features, "deflate")}
}
