//! The forms of JSON: those that fields are expected to have, and those that they come in. `text` has the words for them.

use serde::{Deserialize, Serialize};

/// A form of a value, as it is expected or as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JsonForm {
    /// A text.
    Text,
    /// A name of an enum of Mesos.
    Name,
    /// A number.
    Number,
    /// A whole number of 64 bits.
    WholeNumber,
    /// A number that an amount of a resource can be.
    Amount,
    /// A boolean.
    Boolean,
    /// A list.
    List,
    /// A list of resources.
    Resources,
    /// A list of a task's statuses.
    Statuses,
    /// A task's state.
    TaskState,
    /// An object.
    Object,
    /// An object that says which one it is.
    WithId,
    /// An object that does not.
    WithoutId,
    /// Null.
    Null,
    /// Nothing: the field is not there.
    Absent,
    /// Any form.
    Anything,
}

impl JsonForm {
    /// Whether a value of that form holds others: null in its place does not say that it holds none.
    pub(super) const fn holds_others(self) -> bool {
        matches!(self, Self::Object | Self::List | Self::Resources | Self::Statuses)
    }

    /// The form of a whole value, by its first letter.
    pub fn of(json: &str) -> Self {
        match json.trim_ascii_start().as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::List,
            Some(b'"') => Self::Text,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') => Self::Null,
            _ => Self::Number,
        }
    }
}
