//! What only a read brings, or why it is not known. A default in its place would pass for an answer, so there is none.

use serde::{Deserialize, Serialize};

/// A value that only a read brings. An empty list says that there is nothing; an error, that nobody knows.
pub type Reading<T> = Result<T, Unknown>;

/// Why a value that only a read brings is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unknown {
    /// The answer has not come yet.
    NotYet,
    /// The master does not let the caller see it: its words.
    Refused(String),
    /// The read failed: the last failure in words.
    Failed(String),
}

impl Unknown {
    /// The reason of a read that failed with that HTTP status, `None` where nothing was answered.
    pub fn of(status: Option<u16>, words: &str) -> Self {
        match status {
            Some(401 | 403) => Self::Refused(words.to_owned()),
            Some(_) | None => Self::Failed(words.to_owned()),
        }
    }

    /// The words of the refusal or of the failure; empty where there are none.
    pub fn words(&self) -> &str {
        match self {
            Self::NotYet => "",
            Self::Refused(words) | Self::Failed(words) => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_says_that_the_caller_may_not_see_it() {
        assert_eq!(Unknown::of(Some(403), "no"), Unknown::Refused("no".into()));
        assert_eq!(Unknown::of(Some(401), ""), Unknown::Refused(String::new()));
        assert_eq!(Unknown::of(Some(503), "busy"), Unknown::Failed("busy".into()));
        assert_eq!(Unknown::of(None, "cut"), Unknown::Failed("cut".into()));
    }
}
