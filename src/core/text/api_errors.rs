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

/// Foreign words as a sentence of a paragraph: line ends are blanks, it begins with a capital letter, and a full stop ends it.
pub fn sentence(words: &str) -> String {
    let mut words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    // The name of a host or a file keeps its case.
    let is_word = words.split(' ').next().is_some_and(|first| first.bytes().all(|byte| byte.is_ascii_lowercase()));
    if let Some(first) = words.get_mut(..1).filter(|_| is_word) {
        first.make_ascii_uppercase();
    }
    if words.ends_with(|last: char| last.is_alphanumeric() || last == ')') {
        words.push('.');
    }
    words
}

/// A file that is not opened, since it is a pipe or a device, or one that cannot be: a folder.
pub fn not_regular(kind: FileKind) -> String {
    if kind == FileKind::Directory {
        return format!("It is a {}.", file_kind(kind));
    }
    format!(
        "It is a {}. Mesos waits when it opens such a file, and may serve no file of any task meanwhile. So this page does not read it.",
        file_kind(kind)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_become_a_sentence() {
        assert_eq!(sentence("refused with status 403 without a reason"), "Refused with status 403 without a reason.");
        assert_eq!(
            sentence("The agent could not be reached.\n127.0.0.1:9 could not be reached: Connection refused"),
            "The agent could not be reached. 127.0.0.1:9 could not be reached: Connection refused."
        );
        assert_eq!(sentence("node-1.example hangs up"), "node-1.example hangs up.");
        assert_eq!(sentence("It did not answer within 8 seconds."), "It did not answer within 8 seconds.");
        assert_eq!(sentence(" \n "), "");
        assert_eq!(sentence("é"), "é.");
    }

    #[test]
    fn only_files_that_block_an_agent_are_said_to() {
        assert_eq!(not_regular(FileKind::Directory), "It is a folder.");
        assert!(not_regular(FileKind::Pipe).contains("Mesos waits when it opens such a file"));
    }
}
