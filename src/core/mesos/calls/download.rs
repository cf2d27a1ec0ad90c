//! How a download stands that the gateway streams: what it tells the page, which sees nothing of a download that its browser takes.

use serde::{Deserialize, Serialize};

/// A download.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes.
    pub sent: u64,
    /// How much it will be, where that is known before: of a folder it is not.
    pub size: Option<u64>,
    /// Nothing more will be sent.
    pub ended: bool,
    /// Why not, if that is not since all was.
    pub why: Option<String>,
}

impl Progress {
    /// As the gateway tells it.
    pub fn parse(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// As it is reported.
    pub fn reported(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_is_understood() {
        let progress = Progress { sent: u64::MAX, size: None, ended: true, why: Some("\"no\"".to_owned()) };
        assert_eq!(Progress::parse(&progress.reported()), Some(progress));
        assert_eq!(Progress::parse("404"), None);
    }
}
