//! Words for what the master sends and this build cannot read.

use super::{count, plural};
use crate::engine::stream_encoding::{JsonReason, StreamEncoding};
use crate::mesos::wire::json_splitter::UnknownList;

/// Explanation of unreadable fields.
pub const OTHER_FIELDS: &str =
    "They have another form than Mesoscope expects, and count as unknown below. All other fields are shown.";

/// Title of an object's unreadable fields.
pub fn unreadable_fields(fields: usize) -> String {
    format!("{} cannot be read", plural(u32::try_from(fields).unwrap_or(u32::MAX), "field", "fields"))
}

/// A list of the master's answers that this build does not know.
pub fn unknown_list(list: &UnknownList) -> String {
    let entries = if list.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", count(list.entries)) };
    format!("The master also sent “{}” ({entries}), which this version cannot read.", list.name)
}

/// Encoding of the stream, and why it is JSON.
pub const fn stream_encoding(encoding: StreamEncoding) -> &'static str {
    match encoding {
        StreamEncoding::Protobuf => "Protobuf: Mesos omits completed tasks of completed frameworks from its snapshot",
        StreamEncoding::Json(JsonReason::Default) => "JSON",
        StreamEncoding::Json(JsonReason::Refused) => "JSON: the master or a proxy refused protobuf",
        StreamEncoding::Json(JsonReason::Unreadable) => "JSON: protobuf came, and could not be read",
        StreamEncoding::Json(JsonReason::Answered) => "JSON: the master or a proxy answered in JSON",
    }
}

/// Label of the first bytes of a problem.
pub fn first_bytes(name: &str) -> String {
    format!("Start of the first {name}")
}
