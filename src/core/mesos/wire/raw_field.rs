//! Fields that are read later, or kept as they came, in either encoding.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::value::RawValue;

use super::field::{FromAnyJson, Misfits};
use super::json_form::JsonForm;

/// Name by which a decoder of protobuf is asked for a message's bytes.
pub(super) const RAW: &str = "mesoscope::raw";

/// A value as it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum RawField<'a> {
    Json(&'a RawValue),
    /// The bytes of a message; which one it is, the field says.
    Protobuf(&'a [u8]),
}

impl RawField<'_> {
    fn form(self) -> JsonForm {
        match self {
            Self::Json(json) => JsonForm::of(json.get()),
            Self::Protobuf(_) => JsonForm::Object,
        }
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawField<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", JsonForm::Anything)
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, json: D) -> Result<RawField<'de>, D::Error> {
        <&RawValue>::deserialize(json).map(RawField::Json)
    }
    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<RawField<'de>, E> {
        Ok(RawField::Protobuf(bytes))
    }
}

/// A value as it was sent, to be read later.
impl<'de> FromAnyJson<'de> for RawField<'de> {
    const EXPECTED: JsonForm = JsonForm::Anything;

    fn read<D: Deserializer<'de>>(value: D, _: &mut Misfits) -> Result<Option<Self>, D::Error> {
        let raw = value.deserialize_newtype_struct(RAW, RawVisitor)?;
        Ok((raw.form() != JsonForm::Null).then_some(raw))
    }
}

/// An object as it was sent, to be read later.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawObject<'a>(pub(super) RawField<'a>);

impl<'de> FromAnyJson<'de> for RawObject<'de> {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn read<D: Deserializer<'de>>(value: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        let raw = value.deserialize_newtype_struct(RAW, RawVisitor)?;
        let found = match raw.form() {
            JsonForm::Object => return Ok(Some(Self(raw))),
            JsonForm::Null => return Ok(None),
            found => found,
        };
        misfits.record(Self::EXPECTED, found);
        Ok(None)
    }
}
