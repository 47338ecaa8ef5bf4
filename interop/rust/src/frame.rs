//! Reads and writes frames, with all checks of the header.
//!
//! ```text
//! offset  size  field
//! 0       4     length   big-endian, the number of bytes that follow
//! 4       1     version  protocol version; 0 = handshake
//! 5       1     type     the message type of the payload
//! 6       2     flags    big-endian
//! 8             payload
//! ```

use std::io::{Error, ErrorKind, Read};

use flate2::{Decompress, FlushDecompress, Status};

pub const HEADER_BYTES: usize = 8;
pub const DEFAULT_MAX_FRAME_BYTES: u32 = 1_048_576;
pub const NEWEST_VERSION: u8 = 2;

pub const COMPRESSED: u16 = 0x0001;
pub const IGNORABLE: u16 = 0x0002;
const CRITICAL: u16 = 0x00FF;

/// The error of invalid bytes: a name of the enum ErrorCode.
#[derive(Debug)]
pub struct Refusal(pub &'static str);

/// Why reading a frame failed.
#[derive(Debug)]
pub enum ReadError {
    /// The bytes are invalid.
    Refused(Refusal),
    /// The stream failed: the connection was reset, a read timed out, or no data is available.
    Stream(Error),
}

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> Self {
        ReadError::Refused(refusal)
    }
}

impl From<Error> for ReadError {
    fn from(error: Error) -> Self {
        ReadError::Stream(error)
    }
}

pub struct Frame {
    pub version: u8,
    pub kind: u8,
    pub flags: u16,
    pub payload: Vec<u8>,
}

/// The negotiated options of a connection. The default is for other sources (RocketMQ, logs, captures).
#[derive(Default)]
pub struct Agreed {
    pub version: Option<u8>,
    pub deflate: bool,
}

/// The next frame of a stream, or `None` at its end. After a timeout between two frames no data is lost: call again. After any other error the
/// stream cannot be used any more.
pub fn read_frame(stream: &mut impl Read, max_frame_bytes: u32) -> Result<Option<Frame>, ReadError> {
    let mut header = [0; HEADER_BYTES];
    if read_up_to(stream, &mut header[..1])? == 0 {
        return Ok(None);
    }
    if header[0] != 0 {
        return Err(Refusal("FOREIGN_PROTOCOL").into());
    }
    fill(stream, &mut header[1..4])?;
    // Checked before the frame is read.
    let length = u32::from_be_bytes([header[0], header[1], header[2], header[3]]);
    if length < 4 {
        return Err(Refusal("FRAME_TOO_SHORT").into());
    }
    if length + 4 > max_frame_bytes {
        return Err(Refusal("FRAME_TOO_LARGE").into());
    }
    fill(stream, &mut header[4..5])?;
    if header[4] == b'{' || header[4] == b'[' {
        // JSON text after a length: the legacy form.
        return Err(Refusal("FOREIGN_PROTOCOL").into());
    }
    fill(stream, &mut header[5..])?;
    // Grows with received data, not with the announced length.
    let mut payload = Vec::new();
    let wanted = u64::from(length) - 4;
    if (stream.take(wanted).read_to_end(&mut payload)? as u64) < wanted {
        return Err(Refusal("TRUNCATED").into());
    }
    let [_, _, _, _, version, kind, high, low] = header;
    Ok(Some(Frame { version, kind, flags: u16::from_be_bytes([high, low]), payload }))
}

fn fill(stream: &mut impl Read, into: &mut [u8]) -> Result<(), ReadError> {
    if read_up_to(stream, into)? == into.len() { Ok(()) } else { Err(Refusal("TRUNCATED").into()) }
}

/// Fills the buffer; returns fewer bytes only at the end of the stream. Errors of the stream are returned unchanged.
fn read_up_to(stream: &mut impl Read, into: &mut [u8]) -> Result<usize, Error> {
    let mut there = 0;
    while there < into.len() {
        match stream.read(&mut into[there..]) {
            Ok(0) => break,
            Ok(size) => there += size,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there)
}

impl Frame {
    /// Checks the header.
    pub fn check(&self, agreed: &Agreed, is_known: bool) -> Result<(), Refusal> {
        let is_handshake = self.version == 0;
        if is_known && is_handshake_type(self.kind) != is_handshake {
            return Err(Refusal("UNSUPPORTED_TYPE"));
        }
        let is_supported = agreed.version.map_or(self.version <= NEWEST_VERSION, |version| version == self.version);
        if !is_handshake && !is_supported {
            return Err(Refusal("UNSUPPORTED_VERSION"));
        }
        // A type of a later version is unknown.
        if !is_known || (self.version == 1 && is_version_2_type(self.kind)) {
            return Err(Refusal("UNSUPPORTED_TYPE"));
        }
        let supported = if is_handshake { 0 } else { COMPRESSED | IGNORABLE };
        if self.flags & CRITICAL & !supported != 0 {
            return Err(Refusal("UNSUPPORTED_FLAGS"));
        }
        if self.flags & COMPRESSED != 0 && !agreed.deflate {
            return Err(Refusal("NOT_NEGOTIATED"));
        }
        Ok(())
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (4 + self.payload.len() as u32).to_be_bytes().to_vec();
        bytes.extend([self.version, self.kind]);
        bytes.extend(self.flags.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }
}

/// SessionEvent and UplinkInfo.
fn is_version_2_type(kind: u8) -> bool {
    matches!(kind, 11 | 12)
}

pub fn is_handshake_type(kind: u8) -> bool {
    (64..=66).contains(&kind)
}

/// The payload of a COMPRESSED frame: exactly one raw DEFLATE stream, inflated with a size limit.
pub fn inflate(payload: &[u8], max_frame_bytes: u32) -> Result<Vec<u8>, Refusal> {
    let limit = max_frame_bytes as usize - HEADER_BYTES;
    let mut stream = Decompress::new(false);
    let mut plain = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let (read, written) = (stream.total_in() as usize, stream.total_out());
        let status =
            stream.decompress(&payload[read..], &mut chunk, FlushDecompress::None).map_err(|_| Refusal("MALFORMED_PAYLOAD"))?;
        plain.extend(&chunk[..(stream.total_out() - written) as usize]);
        if plain.len() > limit {
            return Err(Refusal("DECOMPRESSED_TOO_LARGE"));
        }
        let is_stuck = stream.total_in() as usize == read && stream.total_out() == written;
        match status {
            Status::StreamEnd if stream.total_in() as usize == payload.len() => return Ok(plain),
            Status::StreamEnd => return Err(Refusal("MALFORMED_PAYLOAD")),
            _ if is_stuck => return Err(Refusal("MALFORMED_PAYLOAD")),
            _ => {}
        }
    }
}
