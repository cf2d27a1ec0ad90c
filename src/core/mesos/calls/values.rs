//! The small messages that many calls share: wrapped values, moments, lengths of time, labels.
//! Only those that are written as well as read; what is only read is in `wire`.

use serde::{Deserialize, Serialize};

use super::lenient;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::wire::field::fields;

/// `{"value": …}`, which is how Mesos writes every id.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Valued<T> {
    pub value: T,
}

impl<T> From<T> for Valued<T> {
    fn from(value: T) -> Self {
        Self { value }
    }
}

/// `{"value": 0.5}`: an amount, in the unit of its resource (cpus and gpus: one; mem and disk: MiB).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(default)]
pub struct Scalar {
    #[serde(deserialize_with = "lenient::double")]
    pub value: f64,
}

impl Scalar {
    /// Whether anything is left of it: Mesos keeps thousandths and rounds (src/v1/values.cpp), so 0.0004 is nothing.
    /// What is no number, or endless, is nothing either: JSON cannot say it.
    pub fn is_something(self) -> bool {
        self.value.is_finite() && (self.value * 1000.0).round() >= 1.0
    }
}

/// A length of time: `{"nanoseconds": N}` (DurationInfo).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct DurationInfo {
    #[serde(deserialize_with = "lenient::integer")]
    nanoseconds: i64,
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

/// A moment: `{"nanoseconds": N}` since 1970 (TimeInfo).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeInfo {
    #[serde(deserialize_with = "lenient::integer")]
    nanoseconds: i64,
}

impl TimeInfo {
    /// The moment itself.
    pub const fn moment(self) -> Timestamp {
        Timestamp(self.nanoseconds)
    }
}

impl From<Timestamp> for TimeInfo {
    fn from(moment: Timestamp) -> Self {
        Self { nanoseconds: moment.0 }
    }
}

/// Keys with values, of which a key may come twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labels {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    #[serde(deserialize_with = "lenient::text")]
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

fields! { impl<'de> Scalar; "value" => value }
fields! { impl<'de> DurationInfo; "nanoseconds" => nanoseconds }
fields! { impl<'de> TimeInfo; "nanoseconds" => nanoseconds }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_are_exact() {
        let time: TimeInfo = serde_json::from_str(r#"{"nanoseconds":1795310939752414721}"#).unwrap();
        assert_eq!(serde_json::to_string(&time).unwrap(), r#"{"nanoseconds":1795310939752414721}"#);
        let text: DurationInfo = serde_json::from_str(r#"{"nanoseconds":"9223372036854775807"}"#).unwrap();
        assert_eq!(text.length(), Nanoseconds(i64::MAX));
    }

    #[test]
    fn what_rounds_to_nothing_is_nothing() {
        let something = |value| Scalar { value }.is_something();
        assert!(something(0.001) && something(0.0005) && something(1e300));
        assert!(
            !something(0.0)
                && !something(0.0004)
                && !something(-1.0)
                && !something(f64::NAN)
                && !something(f64::INFINITY)
        );
    }
}
