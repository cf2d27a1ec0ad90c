//! The small messages that many calls send: wrapped values, amounts, labels. What is only read is in `wire`.

use serde::Serialize;

use crate::mesos::wire::field::fields;

/// `{"value": …}`, which is how Mesos writes every id.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Valued<T> {
    /// The wrapped value.
    pub value: T,
}

impl<T> From<T> for Valued<T> {
    fn from(value: T) -> Self {
        Self { value }
    }
}

/// `{"value": 0.5}`: an amount, in the unit of its resource (cpus and gpus: one; mem and disk: MiB).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
pub struct Scalar {
    /// The amount, rounded by Mesos to thousandths.
    pub value: f64,
}

impl Scalar {
    /// Whether anything is left of it: Mesos keeps thousandths and rounds (src/v1/values.cpp), so 0.0004 is nothing.
    /// What is no number, or endless, is nothing either: JSON cannot say it.
    pub fn is_something(self) -> bool {
        self.value.is_finite() && (self.value * 1000.0).round() >= 1.0
    }
}

/// Keys with values, of which a key may come twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Labels {
    /// Labels in the order in which they were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
}

/// A label of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The label's key, not necessarily unique.
    pub key: String,
    /// The label's value; `None` for a bare key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

fields! { impl<'de> Scalar; "value" => value }

#[cfg(test)]
mod tests {
    use super::*;

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
