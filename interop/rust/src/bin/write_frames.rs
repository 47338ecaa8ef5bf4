//! Writes a Hello, a private message and a heartbeat as frames to standard output.
//!
//! `cargo run --bin write_frames > frames.bin`

use std::io::{Write, stdout};

use im_interop_rust::im::protocol::v1::{
    Command, Content, HeartbeatInfo, Hello, PrivateMessage, SendInfo, Terminal, TextContent, UserInfo, content, send_info,
};
use im_interop_rust::message::Message;

fn main() {
    let hello = Hello { versions: vec![1], agent: "interop".into(), ..Default::default() };
    let message = PrivateMessage {
        sender: Some(UserInfo { user_id: (1 << 53) + 1, terminal: Terminal::App.into() }),
        receiver_id: i64::MAX,
        content: Some(Content {
            client_message_id: "c1".into(),
            body: Some(content::Body::Text(TextContent { text: "你好".into(), ..Default::default() })),
            ..Default::default()
        }),
        ..Default::default()
    };
    let private = SendInfo {
        cmd: Command::PrivateMessage.into(),
        sequence: 7,
        data: Some(send_info::Data::PrivateMessage(message)),
        ..Default::default()
    };
    let heartbeat = SendInfo {
        cmd: Command::Heartbeat.into(),
        sequence: 8,
        data: Some(send_info::Data::Heartbeat(HeartbeatInfo { sent_at_ms: 1_767_225_600_000, ..Default::default() })),
        ..Default::default()
    };
    for message in [Message::Hello(hello), Message::SendInfo(private), Message::SendInfo(heartbeat)] {
        stdout().write_all(&message.to_frame(0)).expect("standard output");
    }
}
