//! Reads frames from standard input and prints a line of JSON for each.
//!
//! `cargo run --bin read_frames < capture.bin`

use std::io::{BufReader, stdin};

use im_interop_rust::frame::{Agreed, DEFAULT_MAX_FRAME_BYTES, read_frame};
use im_interop_rust::json::to_json;
use im_interop_rust::message::Message;

fn main() {
    let mut stream = BufReader::new(stdin());
    while let Some(frame) = read_frame(&mut stream, DEFAULT_MAX_FRAME_BYTES).expect("a valid frame") {
        let message = Message::decode(&frame, DEFAULT_MAX_FRAME_BYTES, &Agreed::default()).expect("a message");
        println!("{} {}", message.name(), to_json(&message).expect("JSON"));
    }
}
