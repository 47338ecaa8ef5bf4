// Answers test vectors: a line of JSON in, a line of JSON out, as vectors/README.md of the package says ("Line by line").
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
	Name     string     `json:"name"`
	Hex      *string    `json:"hex"`
	Json     *frameJson `json:"json"`
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
	Name  string     `json:"name"`
	Ok    bool       `json:"ok"`
	Json  *frameJson `json:"json,omitempty"`
	Hex   string     `json:"hex,omitempty"`
	Error string     `json:"error,omitempty"`
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
		if err := out.Encode(reply(&asked)); err != nil {
			log.Fatal(err)
		}
	}
}

func reply(asked *request) *answer {
	perform := encoded
	if asked.Hex != nil {
		perform = decoded
	}
	result, err := perform(asked)
	if refused := (*frame.Error)(nil); errors.As(err, &refused) {
		return &answer{Name: asked.Name, Error: refused.Code}
	} else if err != nil {
		log.Fatal(asked.Name, ": ", err)
	}
	result.Name, result.Ok = asked.Name, true
	return result
}

func decoded(asked *request) (*answer, error) {
	settings := asked.Settings
	if settings.MaxFrameBytes == 0 {
		settings.MaxFrameBytes = frame.DefaultMaxFrameBytes
	}
	raw, err := hex.DecodeString(*asked.Hex)
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
	result := &answer{Hex: hex.EncodeToString(again)}
	// An Any whose type nobody told has no ProtoJSON here: the bytes speak.
	if body, err := protojson.Marshal(message); err == nil {
		result.Json = &frameJson{only.Version, frame.NameOf(message), only.Flags, body}
	}
	return result, nil
}

func encoded(asked *request) (*answer, error) {
	message, err := frame.New(asked.Json.Type)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal(asked.Json.Message, message); err != nil {
		return nil, err
	}
	bytes, err := frame.Encode(message, asked.Json.Flags&^frame.FlagCompressed)
	return &answer{Hex: hex.EncodeToString(bytes)}, err
}
