//! What the gateway reports of the masters: which it calls, which of them leads, and how each answered last.

use serde::{Deserialize, Serialize};

/// Path of the report, relative to the page.
pub const MASTERS_PATH: &str = "masters";

/// A master, as the gateway knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MasterReport {
    /// URL of the master, without a user or a password.
    pub address: String,
    /// Whether the gateway was started with this address. If not, a master named it as the leader.
    pub listed: bool,
    /// Whether it is the last master that answered as the leader.
    pub leads: bool,
    /// Time since the gateway last called it, in milliseconds; `None` if it never did.
    pub asked_ms_ago: Option<u64>,
    /// URL of the master that it named as the leader, if that was its answer.
    pub names: Option<String>,
    /// Why the last call has no result, in plain words that follow "it"; `None` if there is one.
    pub error: Option<String>,
}

/// Parses the gateway's report; `None` if the body is none.
pub fn parse(body: &[u8]) -> Option<Vec<MasterReport>> {
    serde_json::from_slice(body).ok()
}

/// Formats the report as JSON.
pub fn reported(masters: &[MasterReport]) -> String {
    serde_json::to_string(masters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_is_understood() {
        let asked = MasterReport {
            address: "http://m1:5050".to_owned(),
            asked_ms_ago: Some(u64::MAX),
            error: Some("\"no\"".to_owned()),
            ..MasterReport::default()
        };
        let masters = vec![asked, MasterReport { leads: true, ..MasterReport::default() }];
        assert_eq!(parse(reported(&masters).as_bytes()), Some(masters));
        assert_eq!(parse(b"<title>Sign in</title>"), None);
    }
}
