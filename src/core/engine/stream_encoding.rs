//! The encoding of the stream, as the screen shows it. Decides nothing; `wire_choice` does.

use serde::{Deserialize, Serialize};

/// Encoding of the stream, and why it is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamEncoding {
    /// Protobuf.
    Protobuf,
    /// JSON, for that reason.
    Json(JsonReason),
}

/// Why the stream is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JsonReason {
    /// The page's address does not ask for protobuf.
    Default,
    /// The master or a proxy refused protobuf.
    Refused,
    /// Protobuf came, and could not be read.
    Unreadable,
    /// The master or a proxy answered in JSON.
    Answered,
}
