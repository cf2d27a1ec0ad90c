//! Numbers of a protobuf that this build has no name for: fields, and values of enums. Knows no message.

use serde::{Deserialize, Serialize};

/// As many are noted of one object.
const NOTED: usize = 32;

/// A number without a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnknownNumber {
    /// A field of a message.
    Field {
        /// Mesos' name of the message, as `TaskStatus`.
        of: String,
        /// The field's number.
        number: u32,
    },
    /// A value of an enum.
    Name {
        /// Mesos' name of the enum, as `TaskStatus.Reason`.
        of: String,
        /// The value's number.
        number: i64,
    },
}

/// The numbers without a name in one object, each once; and whether it has text that is no UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnknownNumbers {
    noted: Vec<UnknownNumber>,
    /// Whether a text of the object has bytes that are no UTF-8.
    pub is_lossy: bool,
}

impl UnknownNumbers {
    /// The numbers, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &UnknownNumber> {
        self.noted.iter()
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.noted.is_empty() && !self.is_lossy
    }

    pub(super) fn note(&mut self, number: impl FnOnce() -> UnknownNumber) {
        if self.noted.len() < NOTED {
            let number = number();
            if !self.noted.contains(&number) {
                self.noted.push(number);
            }
        }
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.is_lossy |= more.is_lossy;
        more.noted.into_iter().for_each(|number| self.note(|| number));
    }
}
