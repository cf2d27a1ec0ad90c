//! Moments and lengths of time (include/mesos/v1/mesos.proto: TimeInfo, DurationInfo, Unavailability), read and written alike.

use serde::Serialize;

use super::field::fields;
use crate::base::units::{Nanoseconds, Timestamp};

/// A moment: `{"nanoseconds": N}` since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Time {
    nanoseconds: i64,
}

/// A length of time: `{"nanoseconds": N}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DurationInfo {
    nanoseconds: i64,
}

/// Time in which a machine is unavailable (include/mesos/v1/mesos.proto, Unavailability).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unavailability {
    /// Time at which the machine becomes unavailable.
    pub start: Time,
    /// Time that it stays unavailable; `None` for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<DurationInfo>,
}

fields! { impl<'de> Time; "nanoseconds" => nanoseconds }
fields! { impl<'de> DurationInfo; "nanoseconds" => nanoseconds }
fields! { impl<'de> Unavailability; "start" => start, "duration" => duration }

impl Time {
    /// The moment, if it is one: 0 means none (PROTOCOL.md, "JSON").
    pub fn moment(self) -> Option<Timestamp> {
        (self.nanoseconds != 0).then_some(Timestamp(self.nanoseconds))
    }

    /// The moment, where one is always reported.
    pub const fn at(self) -> Timestamp {
        Timestamp(self.nanoseconds)
    }
}

impl From<Timestamp> for Time {
    fn from(moment: Timestamp) -> Self {
        Self { nanoseconds: moment.0 }
    }
}

impl DurationInfo {
    /// The length itself.
    pub const fn length(self) -> Nanoseconds {
        Nanoseconds(self.nanoseconds)
    }
}

impl From<Nanoseconds> for DurationInfo {
    fn from(length: Nanoseconds) -> Self {
        Self { nanoseconds: length.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::field;

    #[test]
    fn nanoseconds_are_exact() {
        let json = r#"{"nanoseconds":1795310939752414721}"#;
        let time = field::read::<Time>(json);
        assert_eq!(serde_json::to_string(&time).unwrap(), json);
        let text = r#"{"nanoseconds":"9223372036854775807"}"#;
        let text = field::read::<DurationInfo>(text);
        assert_eq!(text.map(DurationInfo::length), Some(Nanoseconds(i64::MAX)));
    }
}
