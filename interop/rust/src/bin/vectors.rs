//! Answers test vectors, for `im-protocol vectors --no-rules --protobuf -- target/release/vectors`: one line of JSON per request and answer.

use std::io::{Read, Write, stdin, stdout};

use im_interop_rust::frame::{Agreed, COMPRESSED, DEFAULT_MAX_FRAME_BYTES, Frame, ReadError, Refusal, read_frame};
use im_interop_rust::json::{from_json, to_json};
use im_interop_rust::message::Message;
use serde_json::{Value, json};

fn main() {
    for line in stdin().lines() {
        let request: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
        let mut answer = answer(&request).unwrap_or_else(|fault| match fault {
            Fault::Refused(Refusal(code)) => json!({"error": {"code": code}}),
            // An Any of an unknown type, or unknown fields, which have no ProtoJSON here.
            Fault::NoJson(text) => json!({"skip": text}),
        });
        answer["id"] = request["id"].clone();
        println!("{answer}");
        stdout().flush().expect("standard output");
    }
}

enum Fault {
    Refused(Refusal),
    NoJson(String),
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(refusal) => Fault::Refused(refusal),
            ReadError::Stream(error) => unreachable!("the bytes of a vector are in memory: {error}"),
        }
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Self {
        Fault::NoJson(text)
    }
}

fn answer(request: &Value) -> Result<Value, Fault> {
    match request["op"].as_str() {
        Some("decode") => {
            let (frame, message) = single(request)?;
            Ok(json!({"frame": frame_json(&frame, &message)?}))
        }
        Some("decodeStream") => Ok(json!({"outcomes": outcomes(request)?})),
        Some("encode") => {
            let frame = &request["frame"];
            let message = from_json(frame["type"].as_str().unwrap_or_default(), frame["message"].clone())?;
            Ok(hex_json(&message, frame["version"].as_u64().unwrap_or(1) as u8, frame["flags"].as_u64().unwrap_or(0) as u16))
        }
        Some("reencode") => {
            let (frame, message) = single(request)?;
            Ok(hex_json(&message, frame.version, frame.flags))
        }
        _ => Ok(json!({"skip": "this program does not negotiate"})),
    }
}

/// The only frame in the bytes.
fn single(request: &Value) -> Result<(Frame, Message), ReadError> {
    let bytes = bytes_of(request);
    let mut rest = bytes.as_slice();
    let frame = read_frame(&mut rest, max_frame_bytes(request))?.ok_or(Refusal("TRUNCATED"))?;
    let message = Message::decode(&frame, max_frame_bytes(request), &agreed(request))?;
    if rest.is_empty() { Ok((frame, message)) } else { Err(Refusal("MALFORMED_PAYLOAD").into()) }
}

/// Continues after an invalid frame, and stops at broken framing.
fn outcomes(request: &Value) -> Result<Vec<Value>, Fault> {
    let size = request["chunkBytes"].as_u64().unwrap_or(0) as usize;
    let mut stream = Chunks { rest: &bytes_of(request), size: if size == 0 { usize::MAX } else { size } };
    let mut outcomes = Vec::new();
    loop {
        match read_frame(&mut stream, max_frame_bytes(request)) {
            Ok(None) => return Ok(outcomes),
            Err(ReadError::Stream(error)) => return Err(ReadError::Stream(error).into()),
            Err(ReadError::Refused(Refusal(code))) => {
                outcomes.push(json!({"break": {"code": code}}));
                return Ok(outcomes);
            }
            Ok(Some(frame)) => outcomes.push(match Message::decode(&frame, max_frame_bytes(request), &agreed(request)) {
                Ok(message) => json!({"frame": frame_json(&frame, &message)?}),
                Err(Refusal(code)) => json!({"invalid": {"code": code}}),
            }),
        }
    }
}

/// Returns a limited number of bytes at a time, as a socket may.
struct Chunks<'a> {
    rest: &'a [u8],
    size: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let size = into.len().min(self.size);
        self.rest.read(&mut into[..size])
    }
}

fn bytes_of(request: &Value) -> Vec<u8> {
    let hex = request["hex"].as_str().unwrap_or_default();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

fn max_frame_bytes(request: &Value) -> u32 {
    request["settings"]["maxFrameBytes"].as_u64().map_or(DEFAULT_MAX_FRAME_BYTES, |max| max as u32)
}

fn agreed(request: &Value) -> Agreed {
    let settings = &request["settings"];
    let features = settings["features"].as_array();
    Agreed {
        version: settings["version"].as_u64().map(|version| version as u8),
        deflate: features.is_some_and(|names| names.contains(&json!("deflate"))),
    }
}

fn frame_json(frame: &Frame, message: &Message) -> Result<Value, String> {
    Ok(json!({"version": frame.version, "type": message.name(), "flags": frame.flags, "message": to_json(message)?}))
}

fn hex_json(message: &Message, version: u8, flags: u16) -> Value {
    let hex: String = message.to_frame_of(version, flags & !COMPRESSED).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"hex": hex})
}
