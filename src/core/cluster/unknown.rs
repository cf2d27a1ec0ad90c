//! Values that only reads return, or why they are not known. A default would pass for an answer, so there is none.

use serde::{Deserialize, Serialize};

use crate::base::units::Nanoseconds;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::CallError;
use crate::mesos::wire::fault::AnswerFault;
use crate::mesos::wire::field::Misfit;

/// A value that only a read returns. An empty list means that nothing exists; an error, that it is not known.
pub type Fetched<T> = Result<T, Unknown>;

/// Reason why a value that only a read returns is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unknown {
    /// The answer has not come yet.
    NotYet,
    /// The master does not let the caller see it: its words.
    Refused(String),
    /// The read failed: the last failure.
    Failed(ReadFailure),
}

/// Why a read brought nothing that can be used. `text` has the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ReadFailure {
    /// The browser reached nothing that answers.
    NoConnection,
    /// The answer broke off.
    BrokenOff,
    /// No answer came for so long.
    Late(Nanoseconds),
    /// The response is no answer of Mesos, or a refusal.
    Unanswered(#[from] CallError),
    /// The answer cannot be read.
    Answer(#[from] AnswerFault),
    /// One field cannot be read, and the value may be in it.
    Field(Misfit),
}

/// The reason of a read that failed.
impl From<ReadFailure> for Unknown {
    fn from(why: ReadFailure) -> Self {
        match why {
            ReadFailure::Unanswered(
                CallError::Refused(Refusal { status: 401 | 403, words })
                | CallError::NotSent(Refusal { status: 401 | 403, words }),
            ) => Self::Refused(words),
            why => Self::Failed(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_says_that_the_caller_may_not_see_it() {
        let refused = |status, words: &str| {
            let refusal = Refusal { status, words: words.to_owned() };
            Unknown::from(ReadFailure::Unanswered(CallError::Refused(refusal)))
        };
        assert_eq!(refused(403, "no"), Unknown::Refused("no".into()));
        assert_eq!(refused(401, ""), Unknown::Refused(String::new()));
        assert!(matches!(refused(503, "busy"), Unknown::Failed(_)));
        assert_eq!(Unknown::from(ReadFailure::BrokenOff), Unknown::Failed(ReadFailure::BrokenOff));
    }
}
