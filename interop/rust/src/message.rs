//! Converts between frames and messages.

use prost::Message as _;

use crate::frame::{Agreed, COMPRESSED, Frame, Refusal, inflate, is_handshake_type};
use crate::im::protocol::v1;

macro_rules! messages {
    ($($number:literal $name:ident)*) => {
        /// The messages of frames, by type. A reader may support only some types.
        #[derive(Clone, Debug)]
        pub enum Message { $($name(v1::$name)),* }

        impl Message {
            pub fn kind(&self) -> u8 {
                match self { $(Message::$name(_) => $number),* }
            }

            pub fn name(&self) -> &'static str {
                match self { $(Message::$name(_) => stringify!($name)),* }
            }

            pub fn to_payload(&self) -> Vec<u8> {
                match self { $(Message::$name(message) => message.encode_to_vec()),* }
            }

            /// The frame type of a message name, for example `SendInfo`.
            pub fn kind_of(name: &str) -> Option<u8> {
                match name { $(stringify!($name) => Some($number),)* _ => None }
            }

            fn parse(kind: u8, payload: &[u8]) -> Result<Message, Refusal> {
                let message = match kind {
                    $($number => v1::$name::decode(payload).map(Message::$name),)*
                    _ => return Err(Refusal("UNSUPPORTED_TYPE")),
                };
                message.map_err(|_| Refusal("MALFORMED_PAYLOAD"))
            }

            fn is_known(kind: u8) -> bool {
                matches!(kind, $($number)|*)
            }
        }
    };
}

messages! {
    1 LoginInfo
    2 SessionInfo
    3 UserInfo
    4 HeartbeatInfo
    5 PrivateMessage
    6 GroupMessage
    7 SendInfo
    8 ReceiveInfo
    9 SendResult
    10 TopicMessage
    11 SessionEvent
    12 UplinkInfo
    64 Hello
    65 Welcome
    66 Reject
}

impl Message {
    /// Decodes the message of a frame. Field rules (docs/reference.md) are not checked.
    pub fn decode(frame: &Frame, max_frame_bytes: u32, agreed: &Agreed) -> Result<Message, Refusal> {
        frame.check(agreed, Message::is_known(frame.kind))?;
        if frame.flags & COMPRESSED == 0 {
            return Message::parse(frame.kind, &frame.payload);
        }
        let message = Message::parse(frame.kind, &inflate(&frame.payload, max_frame_bytes)?)?;
        // LOGIN is never compressed.
        if message.carries_token() { Err(Refusal("NOT_NEGOTIATED")) } else { Ok(message) }
    }

    /// Decodes a payload of a type.
    pub fn from_payload(kind: u8, payload: &[u8]) -> Result<Message, Refusal> {
        Message::parse(kind, payload)
    }

    /// Encodes an uncompressed frame of version 1, which every reader knows.
    pub fn to_frame(&self, flags: u16) -> Vec<u8> {
        self.to_frame_of(1, flags)
    }

    /// Encodes an uncompressed frame. Frames of the handshake have version 0.
    pub fn to_frame_of(&self, version: u8, flags: u16) -> Vec<u8> {
        let kind = self.kind();
        let version = if is_handshake_type(kind) { 0 } else { version };
        Frame { version, kind, flags, payload: self.to_payload() }.to_bytes()
    }

    fn carries_token(&self) -> bool {
        match self {
            Message::LoginInfo(_) => true,
            Message::SendInfo(info) => info.cmd() == v1::Command::Login,
            _ => false,
        }
    }
}
