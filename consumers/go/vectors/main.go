// Answers test vectors, for `im-protocol vectors -- bin/vectors`: a line of JSON in, a line of JSON out.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"slices"

	"example.com/chat/frame"
	"google.golang.org/protobuf/encoding/protojson"
)

type request struct {
	Id       int        `json:"id"`
	Op       string     `json:"op"`
	Hex      string     `json:"hex"`
	Frame    *frameJson `json:"frame"`
	Settings struct {
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
	Id    int        `json:"id"`
	Frame *frameJson `json:"frame,omitempty"`
	Hex   string     `json:"hex,omitempty"`
	Error *errorJson `json:"error,omitempty"`
	Skip  string     `json:"skip,omitempty"`
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
		result, err = decoded(asked)
	case "encode":
		result, err = encoded(asked.Frame)
	default:
		return &answer{Skip: asked.Op}
	}
	if refused := (*frame.Error)(nil); errors.As(err, &refused) {
		return &answer{Error: &errorJson{refused.Code}}
	} else if err != nil {
		// Unknown fields, or an Any whose type nobody told: they have no ProtoJSON here.
		return &answer{Skip: err.Error()}
	}
	return result
}

func decoded(asked *request) (*answer, error) {
	settings := asked.Settings
	if settings.MaxFrameBytes == 0 {
		settings.MaxFrameBytes = frame.DefaultMaxFrameBytes
	}
	raw, err := hex.DecodeString(asked.Hex)
	if err != nil {
		return nil, err
	}
	in := bytes.NewReader(raw)
	only, err := frame.Read(in, settings.MaxFrameBytes)
	if err == io.EOF {
		return nil, &frame.Error{Code: "TRUNCATED", Text: "no frame"}
	} else if err != nil {
		return nil, err
	}
	agreed := frame.Agreed{Version: settings.Version, Deflate: slices.Contains(settings.Features, "deflate")}
	message, err := frame.Decode(only, settings.MaxFrameBytes, agreed)
	if err != nil {
		return nil, err
	}
	if in.Len() > 0 {
		return nil, &frame.Error{Code: "MALFORMED_PAYLOAD", Text: "bytes behind the frame"}
	}
	again, err := frame.Encode(message, only.Flags&^frame.FlagCompressed)
	if err != nil {
		return nil, err
	}
	// More than was asked for: `npm run interop` looks at what comes out again.
	result := &answer{Hex: hex.EncodeToString(again)}
	if body, err := protojson.Marshal(message); err == nil {
		result.Frame = &frameJson{only.Version, frame.NameOf(message), only.Flags, body}
	} else {
		result.Skip = err.Error()
	}
	return result, nil
}

func encoded(asked *frameJson) (*answer, error) {
	message, err := frame.New(asked.Type)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal(asked.Message, message); err != nil {
		return nil, err
	}
	bytes, err := frame.Encode(message, asked.Flags&^frame.FlagCompressed)
	return &answer{Hex: hex.EncodeToString(bytes)}, err
}
