//! Why JSON is not what it should be, as data that can be kept, compared and sent. `text` has the words for it.

use serde::{Deserialize, Serialize};

use super::field::Misfit;
use super::json_form::JsonForm;
use super::json_splitter::SplitError;

/// Why bytes are neither JSON nor protobuf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum JsonFault {
    /// The text ends before its value does.
    CutShort,
    /// The parser's words, without the place, which differs with each text of the same kind.
    Syntax(String),
    /// The bytes are no message of protobuf.
    Protobuf,
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        let words = error.to_string();
        // The parser ends its words with a line and a column.
        let detail =
            if error.line() == 0 { &words } else { words.rsplit_once(" at ").map_or(&*words, |(detail, _)| detail) };
        if error.is_eof() { Self::CutShort } else { Self::Syntax(detail.to_owned()) }
    }
}

/// Why an object of a list could not be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ObjectFault {
    /// No JSON.
    Json(#[from] JsonFault),
    /// JSON of another form.
    Another,
    /// An object that does not say which one it is.
    Unidentified,
}

impl From<serde_json::Error> for ObjectFault {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.into())
    }
}

/// Why an answer with a good status is no answer to its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AnswerFault {
    /// No body.
    Empty,
    /// The type that it names in place of the call's; empty if it names none.
    OtherCall(String),
    /// No JSON.
    Json(#[from] JsonFault),
    /// A list, or all of it, has another form than expected: that nothing is there would be untrue.
    Form(Misfit),
    /// One object cannot be cut from the next.
    Split(#[from] SplitError),
    /// One of its objects cannot be read.
    Entry(ObjectFault),
}

impl From<serde_json::Error> for AnswerFault {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.into())
    }
}

impl AnswerFault {
    /// The field of that name, which Mesos always writes, is not there.
    pub fn absent(name: &str, expected: JsonForm) -> Self {
        Self::Form(Misfit { path: name.to_owned(), expected, found: JsonForm::Absent })
    }

    /// A fault unless the JSON at that way has that form.
    ///
    /// # Errors
    /// With the form that it has.
    pub fn unless(json: &str, expected: JsonForm, path: &str) -> Result<(), Self> {
        let found = JsonForm::of(json);
        let is_fault = found != expected && !json.trim_ascii().is_empty();
        if is_fault { Err(Self::Form(Misfit { path: path.to_owned(), expected, found })) } else { Ok(()) }
    }
}
