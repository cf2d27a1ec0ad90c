//! Words for calls of the page that have no result.

use super::objects::file_kind;
use crate::mesos::calls::files::FileKind;

/// The server of the page is no gateway.
pub const NOT_FORWARDED: &str = "The server of this page forwards no calls to agents; a mesoscope gateway does. Agents refuse calls from pages of other servers.";
/// No request reached the server.
pub const NO_CONNECTION: &str = "No connection: the browser could not reach the server of this page.";
/// The response is incomplete.
pub const BROKEN_OFF: &str = "The connection broke before the answer was complete.";

/// No answer came in time.
pub fn timeout(seconds: u64) -> String {
    format!("It did not answer within {seconds} seconds.")
}

/// A file that is not opened, since it is a pipe or a device.
pub fn not_regular(kind: FileKind) -> String {
    format!(
        "It is a {}. Mesos waits when it opens such a file, and may serve no file of any task meanwhile. So this page does not read it.",
        file_kind(kind)
    )
}
