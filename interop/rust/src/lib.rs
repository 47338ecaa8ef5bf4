//! Our frames in Rust: eight bytes of header, then one protobuf message.

pub mod frame;
pub mod json;
pub mod message;

/// What `buf generate` made.
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
