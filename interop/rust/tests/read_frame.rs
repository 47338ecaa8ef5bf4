//! `cargo test`: tests of the reader with short reads and failing streams.

use std::io::{self, ErrorKind, Read};

use im_interop_rust::frame::{DEFAULT_MAX_FRAME_BYTES, Frame, ReadError, Refusal, read_frame};

const HEARTBEAT: [u8; 10] = [0, 0, 0, 6, 1, 4, 0, 0, 8, 1];

/// Returns one byte per read. Each of `errors` occurs once, before the byte at its index.
struct Failing {
    bytes: Vec<u8>,
    at: usize,
    errors: Vec<(usize, ErrorKind)>,
}

impl Failing {
    fn new(bytes: &[u8], errors: &[(usize, ErrorKind)]) -> Self {
        Failing { bytes: bytes.to_vec(), at: 0, errors: errors.to_vec() }
    }
}

impl Read for Failing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(i) = self.errors.iter().position(|(at, _)| *at == self.at) {
            return Err(self.errors.remove(i).1.into());
        }
        if self.at == self.bytes.len() || into.is_empty() {
            return Ok(0);
        }
        into[0] = self.bytes[self.at];
        self.at += 1;
        Ok(1)
    }
}

fn read(stream: &mut impl Read) -> Result<Option<Frame>, ReadError> {
    read_frame(stream, DEFAULT_MAX_FRAME_BYTES)
}

#[test]
fn short_and_interrupted_reads_are_no_end() {
    let interrupted: Vec<_> = (0..=20).map(|at| (at, ErrorKind::Interrupted)).collect();
    for errors in [&[], interrupted.as_slice()] {
        let mut stream = Failing::new(&[HEARTBEAT, HEARTBEAT].concat(), errors);
        for _ in 0..2 {
            assert_eq!(read(&mut stream).unwrap().unwrap().to_bytes(), HEARTBEAT);
        }
        assert!(matches!(read(&mut stream), Ok(None)));
    }
}

#[test]
fn the_end_inside_a_frame_is_truncated() {
    for size in 1..HEARTBEAT.len() {
        let got = read(&mut &HEARTBEAT[..size]);
        assert!(matches!(got, Err(ReadError::Refused(Refusal("TRUNCATED")))), "after {size} bytes");
    }
}

#[test]
fn an_error_of_the_stream_is_returned_wherever_it_comes() {
    for kind in [ErrorKind::ConnectionReset, ErrorKind::WouldBlock, ErrorKind::TimedOut, ErrorKind::UnexpectedEof] {
        for size in 0..HEARTBEAT.len() {
            match read(&mut Failing::new(&HEARTBEAT, &[(size, kind)])) {
                Err(ReadError::Stream(error)) => assert_eq!(error.kind(), kind, "after {size} bytes"),
                Err(ReadError::Refused(Refusal(code))) => panic!("{kind:?} after {size} bytes: {code}"),
                Ok(frame) => panic!("{kind:?} after {size} bytes: a frame: {}", frame.is_some()),
            }
        }
    }
}

#[test]
fn an_error_between_two_frames_takes_nothing() {
    let mut stream = Failing::new(&HEARTBEAT, &[(0, ErrorKind::WouldBlock)]);
    assert!(matches!(read(&mut stream), Err(ReadError::Stream(_))));
    assert_eq!(read(&mut stream).unwrap().unwrap().to_bytes(), HEARTBEAT);
}
