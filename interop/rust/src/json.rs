//! ProtoJSON with the compiled schema and prost-reflect, since prost does not support it.

use std::sync::LazyLock;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use serde_json::Value;

use crate::message::Message;

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(include_bytes!("../gen/descriptor.binpb").as_ref()).expect("the compiled schema"));

/// Fails for an Any of an unknown type.
pub fn to_json(message: &Message) -> Result<Value, String> {
    let dynamic =
        DynamicMessage::decode(descriptor(message.name())?, message.to_payload().as_ref()).map_err(|error| error.to_string())?;
    serde_json::to_value(&dynamic).map_err(|error| error.to_string())
}

/// A message by its name, for example `SendInfo`.
pub fn from_json(name: &str, value: Value) -> Result<Message, String> {
    let dynamic = DynamicMessage::deserialize(descriptor(name)?, value).map_err(|error| error.to_string())?;
    let kind = Message::kind_of(name).ok_or("no frame type for it")?;
    Message::from_payload(kind, &dynamic.encode_to_vec()).map_err(|refusal| refusal.0.into())
}

fn descriptor(name: &str) -> Result<MessageDescriptor, String> {
    POOL.get_message_by_name(&format!("im.protocol.v1.{name}")).ok_or_else(|| format!("no message {name}"))
}
