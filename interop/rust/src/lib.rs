//! Frames of the IM protocol in Rust: an eight-byte header and a protobuf message.

pub mod frame;
pub mod json;
pub mod message;

/// The generated messages.
pub mod im {
    pub mod options {
        pub mod v1 {
            include!("../gen/rust/im/options/v1/im.options.v1.rs");
        }
    }
    pub mod protocol {
        pub mod v1 {
            include!("../gen/rust/im/protocol/v1/im.protocol.v1.rs");
        }
    }
}
