// Writes a Hello, a private message and a heartbeat as frames to standard output.
//
//	go run ./writeframes > frames.bin
package main

import (
	"log"
	"math"
	"os"

	"example.com/chat/frame"
	protocolv1 "example.com/chat/gen/go/im/protocol/v1"
	"google.golang.org/protobuf/proto"
)

var messages = []proto.Message{
	&protocolv1.Hello{Versions: []uint32{1}, Agent: "interop"},
	&protocolv1.SendInfo{
		Cmd:      protocolv1.Command_COMMAND_PRIVATE_MESSAGE,
		Sequence: 7,
		Data: &protocolv1.SendInfo_PrivateMessage{PrivateMessage: &protocolv1.PrivateMessage{
			Sender:     &protocolv1.UserInfo{UserId: 1<<53 + 1, Terminal: protocolv1.Terminal_TERMINAL_APP},
			ReceiverId: math.MaxInt64,
			Content: &protocolv1.Content{
				ClientMessageId: "c1",
				Body:            &protocolv1.Content_Text{Text: &protocolv1.TextContent{Text: "你好"}},
			},
		}},
	},
	&protocolv1.SendInfo{
		Cmd:      protocolv1.Command_COMMAND_HEARTBEAT,
		Sequence: 8,
		Data:     &protocolv1.SendInfo_Heartbeat{Heartbeat: &protocolv1.HeartbeatInfo{SentAtMs: 1767225600000}},
	},
}

func main() {
	for _, message := range messages {
		bytes, err := frame.Encode(message, 0)
		if err != nil {
			log.Fatal(err)
		}
		os.Stdout.Write(bytes)
	}
}
