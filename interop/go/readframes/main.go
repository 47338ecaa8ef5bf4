// Reads frames from standard input and prints a line of JSON for each.
//
//	go run ./readframes < capture.bin
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"

	"example.com/chat/frame"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		next, err := frame.Read(in, frame.DefaultMaxFrameBytes)
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		message, err := frame.Decode(next, frame.DefaultMaxFrameBytes, frame.Agreed{})
		if err != nil {
			log.Fatal(err)
		}
		json, err := protojson.Marshal(message)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %s\n", frame.NameOf(message), json)
	}
}
