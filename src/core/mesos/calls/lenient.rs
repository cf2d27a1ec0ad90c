//! Reads what is owned as leniently as `wire` reads what it borrows: numbers written as text, `{}` for an unknown name.
//! Knows no field and no message.

use serde::de::{Deserialize, Deserializer};

use crate::mesos::wire::scalar::{Double, Integer, Text};

/// A text, or a name of an enum. A name that the v1 API lacks comes as `{}` and is read as empty (PROTOCOL.md, "JSON").
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Text::deserialize(deserializer).map(|text| text.0.into_owned())
}

/// A whole number of 64 bits.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Integer::deserialize(deserializer).map(|integer| integer.0)
}

/// A whole number of 64 bits, where Mesos means `uint64`.
pub(super) fn unsigned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Integer::deserialize(deserializer).map(|integer| integer.0.cast_unsigned())
}

/// A double.
pub(super) fn double<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Double::deserialize(deserializer).map(|double| double.0)
}
