// Checks messages by protovalidate. A line of the input is the full name of a message and its bytes in base64; a line of the output is a JSON
// array with the path of each violation. A path is an array of [field, subscript or null].
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	_ "example.com/chat/gen/go/im/protocol/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

type step [2]*string

func main() {
	validator, err := protovalidate.New()
	if err != nil {
		log.Fatal(err)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for in.Scan() {
		paths, err := check(validator, in.Text())
		if err != nil {
			err = answers.Encode(map[string]string{"error": err.Error()})
		} else {
			err = answers.Encode(paths)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
}

func check(validator protovalidate.Validator, line string) ([][]step, error) {
	name, text, _ := strings.Cut(line, " ")
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	messageType, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	message := messageType.New().Interface()
	if err := proto.Unmarshal(bytes, message); err != nil {
		return nil, err
	}
	paths := [][]step{}
	var invalid *protovalidate.ValidationError
	if err := validator.Validate(message); errors.As(err, &invalid) {
		for _, violation := range invalid.Violations {
			paths = append(paths, path(violation.Proto.GetField()))
		}
	} else if err != nil {
		return nil, err
	}
	return paths, nil
}

func path(field *validate.FieldPath) []step {
	steps := []step{}
	for _, element := range field.GetElements() {
		steps = append(steps, step{element.FieldName, subscript(element)})
	}
	return steps
}

func subscript(element *validate.FieldPathElement) *string {
	var text string
	switch key := element.GetSubscript().(type) {
	case *validate.FieldPathElement_Index:
		text = fmt.Sprint(key.Index)
	case *validate.FieldPathElement_BoolKey:
		text = fmt.Sprint(key.BoolKey)
	case *validate.FieldPathElement_IntKey:
		text = fmt.Sprint(key.IntKey)
	case *validate.FieldPathElement_UintKey:
		text = fmt.Sprint(key.UintKey)
	case *validate.FieldPathElement_StringKey:
		text = key.StringKey
	default:
		return nil
	}
	return &text
}
