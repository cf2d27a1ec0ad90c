//! State of a download that the gateway streams: what it sends to the page, which sees nothing of a download that its browser takes.

use serde::{Deserialize, Serialize};

/// A download.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadProgress {
    /// Bytes sent so far.
    pub sent: u64,
    /// Total size in bytes; `None` if unknown, as for a folder.
    pub size: Option<u64>,
    /// Whether the download has ended, complete or not.
    pub ended: bool,
    /// Reason for an incomplete end; `None` otherwise.
    pub why: Option<String>,
}

impl DownloadProgress {
    /// Parses the gateway's report; `None` if the body is none.
    pub fn parse(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// Formats the report as JSON.
    pub fn reported(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_is_understood() {
        let progress = DownloadProgress { sent: u64::MAX, size: None, ended: true, why: Some("\"no\"".to_owned()) };
        assert_eq!(DownloadProgress::parse(&progress.reported()), Some(progress));
        assert_eq!(DownloadProgress::parse("404"), None);
    }
}
