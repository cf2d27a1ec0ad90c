//! Moments and lengths of time (include/mesos/v1/mesos.proto: TimeInfo, DurationInfo, Unavailability), read and written alike.

use serde::{Deserializer, Serialize};

use super::field::{FromAnyJson, Misfits, fields};
use super::json_form::JsonForm;
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

/// What a time is read from: one that has no number that can be read is none.
#[derive(Default)]
struct Nanos {
    nanoseconds: Option<i64>,
}

#[derive(Default)]
struct UnavailabilityFields {
    start: Time,
    duration: Option<DurationInfo>,
}

fields! { impl<'de> Nanos; "nanoseconds" => nanoseconds required }
fields! { impl<'de> UnavailabilityFields; "start" => start required, "duration" => duration }

impl<'de> FromAnyJson<'de> for Time {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        Ok(Nanos::read(json, misfits)?.and_then(|time| time.nanoseconds).map(|nanoseconds| Self { nanoseconds }))
    }
}

impl<'de> FromAnyJson<'de> for DurationInfo {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        Ok(Nanos::read(json, misfits)?.and_then(|time| time.nanoseconds).map(|nanoseconds| Self { nanoseconds }))
    }
}

/// Times of which one cannot be read are none: they would begin in 1970, or never end.
impl<'de> FromAnyJson<'de> for Unavailability {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        let before = misfits.count();
        let times = UnavailabilityFields::read(json, misfits)?.filter(|_| misfits.count() == before);
        Ok(times.map(|UnavailabilityFields { start, duration }| Self { start, duration }))
    }
}

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
    fn times_of_which_one_cannot_be_read_are_none() {
        let read = |json: &str| field::read::<Unavailability>(json);
        let start = Time { nanoseconds: 5 };
        let text = r#"{"start":{"nanoseconds":"5"}}"#;
        assert_eq!(read(text), Some(Unavailability { start, duration: None }));
        let zero = r#"{"start":{"nanoseconds":0},"duration":{"nanoseconds":7}}"#;
        let duration = Some(DurationInfo { nanoseconds: 7 });
        assert_eq!(read(zero), Some(Unavailability { start: Time { nanoseconds: 0 }, duration }));
        for json in [
            "{}",
            r#"{"duration":{"nanoseconds":7}}"#,
            r#"{"start":null}"#,
            r#"{"start":5}"#,
            r#"{"start":{}}"#,
            r#"{"start":{"nanoseconds":"soon"}}"#,
            r#"{"start":{"nanoseconds":9300000000000000000}}"#,
            r#"{"start":{"nanoseconds":5},"duration":"1hrs"}"#,
            r#"{"start":{"nanoseconds":5},"duration":null}"#,
            r#"{"start":{"nanoseconds":5},"duration":{}}"#,
            r#"{"start":{"nanoseconds":5},"duration":{"nanoseconds":"1hrs"}}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

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
