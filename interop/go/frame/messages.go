package frame

import (
	"fmt"

	protocolv1 "example.com/chat/gen/go/im/protocol/v1"
	"google.golang.org/protobuf/proto"
)

// A reader may support only some types.
var messages = map[byte]proto.Message{
	1:  &protocolv1.LoginInfo{},
	2:  &protocolv1.SessionInfo{},
	3:  &protocolv1.UserInfo{},
	4:  &protocolv1.HeartbeatInfo{},
	5:  &protocolv1.PrivateMessage{},
	6:  &protocolv1.GroupMessage{},
	7:  &protocolv1.SendInfo{},
	8:  &protocolv1.ReceiveInfo{},
	9:  &protocolv1.SendResult{},
	10: &protocolv1.TopicMessage{},
	11: &protocolv1.SessionEvent{},
	12: &protocolv1.UplinkInfo{},
	64: &protocolv1.Hello{},
	65: &protocolv1.Welcome{},
	66: &protocolv1.Reject{},
}

// Decode decodes the message of a frame. Field rules (docs/reference.md) are not checked.
func Decode(f *Frame, maxFrameBytes uint32, agreed Agreed) (proto.Message, error) {
	if err := checkHeader(f, agreed); err != nil {
		return nil, err
	}
	payload, compressed := f.Payload, f.Flags&FlagCompressed != 0
	if compressed {
		var err error
		if payload, err = inflate(payload, maxFrameBytes); err != nil {
			return nil, err
		}
	}
	message := messages[f.Type].ProtoReflect().New().Interface()
	if err := proto.Unmarshal(payload, message); err != nil {
		return nil, refuse("MALFORMED_PAYLOAD", "%v", err)
	}
	if compressed && carriesToken(message) {
		return nil, refuse("NOT_NEGOTIATED", "LOGIN is never compressed")
	}
	return message, nil
}

func carriesToken(message proto.Message) bool {
	if info, ok := message.(*protocolv1.SendInfo); ok {
		return info.Cmd == protocolv1.Command_COMMAND_LOGIN
	}
	_, ok := message.(*protocolv1.LoginInfo)
	return ok
}

// Encode encodes an uncompressed frame of version 1, which every reader knows.
func Encode(message proto.Message, flags uint16) ([]byte, error) {
	return EncodeVersion(message, 1, flags)
}

// EncodeVersion encodes an uncompressed frame. Frames of the handshake have version 0.
func EncodeVersion(message proto.Message, version byte, flags uint16) ([]byte, error) {
	kind, err := typeOf(message)
	if err != nil {
		return nil, err
	}
	payload, err := proto.Marshal(message)
	if err != nil {
		return nil, err
	}
	if isHandshake(kind) {
		version = 0
	}
	return (&Frame{version, kind, flags, payload}).Bytes(), nil
}

// New returns an empty message by name, for example "SendInfo".
func New(name string) (proto.Message, error) {
	for _, message := range messages {
		if NameOf(message) == name {
			return message.ProtoReflect().New().Interface(), nil
		}
	}
	return nil, fmt.Errorf("no frame type for %s", name)
}

// NameOf returns the name of a message without its package.
func NameOf(message proto.Message) string { return string(message.ProtoReflect().Descriptor().Name()) }

func typeOf(message proto.Message) (byte, error) {
	for kind, known := range messages {
		if NameOf(known) == NameOf(message) {
			return kind, nil
		}
	}
	return 0, fmt.Errorf("no frame type for %s", NameOf(message))
}
