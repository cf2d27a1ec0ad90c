//! The leaves: text, ids, numbers, times. Each takes every form that Mesos has written it in.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};

use super::field::{FieldValue, FromAnyJson, Misfits, Number, fields};
use super::json_form::JsonForm;
use crate::base::ids::Role;

/// A text, borrowed where the JSON has no escapes. Anything but text is read as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> FromAnyJson<'de> for Text<'de> {
    const EXPECTED: JsonForm = JsonForm::Text;

    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        FieldValue::Expected(Self(text))
    }
    fn of_bool(value: bool) -> FieldValue<Self> {
        FieldValue::Other(Self(Cow::Owned(value.to_string())))
    }
    fn of_number(number: Number) -> FieldValue<Self> {
        let text = match number {
            Number::Whole(value) => value.to_string(),
            Number::Large(value) => value.to_string(),
            Number::Fraction(value) => value.to_string(),
        };
        FieldValue::Other(Self(Cow::Owned(text)))
    }
}

/// The name of an enum's value. A name that the v1 API lacks comes as `{}`, and is read as empty (PROTOCOL.md, "JSON").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name<'a>(pub Cow<'a, str>);

impl Name<'_> {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> FromAnyJson<'de> for Name<'de> {
    const EXPECTED: JsonForm = JsonForm::Name;

    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        FieldValue::Expected(Self(text))
    }
    fn of_map<A: MapAccess<'de>>(map: A, _: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        Ok(if is_empty(map)? { FieldValue::Expected(Self::default()) } else { FieldValue::Unreadable })
    }
}

/// Reads an object to its end, and says whether it had no fields.
pub(super) fn is_empty<'de, A: MapAccess<'de>>(mut map: A) -> Result<bool, A::Error> {
    let mut empty = true;
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
        empty = false;
    }
    Ok(empty)
}

impl<'de> FromAnyJson<'de> for String {
    const EXPECTED: JsonForm = JsonForm::Text;

    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        FieldValue::Expected(text.into_owned())
    }
    fn of_bool(value: bool) -> FieldValue<Self> {
        Text::of_bool(value).map(|text| text.0.into_owned())
    }
    fn of_number(number: Number) -> FieldValue<Self> {
        Text::of_number(number).map(|text| text.0.into_owned())
    }
}

impl<'de> FromAnyJson<'de> for Role {
    const EXPECTED: JsonForm = JsonForm::Text;

    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        String::of_text(text).map(Self)
    }
    fn of_bool(value: bool) -> FieldValue<Self> {
        String::of_bool(value).map(Self)
    }
    fn of_number(number: Number) -> FieldValue<Self> {
        String::of_number(number).map(Self)
    }
}

/// An id: `{"value": "…"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Id<'a> {
    /// The id's text; empty if it is absent or no text.
    pub value: Text<'a>,
}

fields! { impl<'de> Id<'de>, identified by |id| !id.as_str().is_empty(); "value" => value }

impl Id<'_> {
    /// The id's text.
    pub fn as_str(&self) -> &str {
        self.value.as_str()
    }
}

/// A whole number of 64 bits, written as a number or as a text of digits. A fraction is cut off, as Mesos does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Integer(pub i64);

impl<'de> FromAnyJson<'de> for Integer {
    const EXPECTED: JsonForm = JsonForm::WholeNumber;

    fn of_number(number: Number) -> FieldValue<Self> {
        match number {
            Number::Whole(value) => FieldValue::Expected(Self(value)),
            // Mesos lets numbers past i64 wrap (2^63 becomes negative), so that is what they mean.
            Number::Large(value) => FieldValue::Expected(Self(value.cast_signed())),
            Number::Fraction(value) if value.abs() < i64::MAX as f64 => FieldValue::Expected(Self(value as i64)),
            Number::Fraction(_) => FieldValue::Unreadable,
        }
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        let number = number(&text);
        number.map_or(FieldValue::Unreadable, Self::of_number)
    }
}

/// A double, written as a number or as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Double(pub f64);

impl<'de> FromAnyJson<'de> for Double {
    const EXPECTED: JsonForm = JsonForm::Number;

    fn of_number(number: Number) -> FieldValue<Self> {
        FieldValue::Expected(Self(match number {
            Number::Whole(value) => value as f64,
            Number::Large(value) => value as f64,
            Number::Fraction(value) => value,
        }))
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        let number = number(&text);
        number.map_or(FieldValue::Unreadable, Self::of_number)
    }
}

impl<'de> FromAnyJson<'de> for f64 {
    const EXPECTED: JsonForm = Double::EXPECTED;

    fn of_number(number: Number) -> FieldValue<Self> {
        Double::of_number(number).map(|double| double.0)
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        Double::of_text(text).map(|double| double.0)
    }
}

impl<'de> FromAnyJson<'de> for u64 {
    const EXPECTED: JsonForm = Integer::EXPECTED;

    fn of_number(number: Number) -> FieldValue<Self> {
        Integer::of_number(number).map(|integer| integer.0.cast_unsigned())
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        Integer::of_text(text).map(|integer| integer.0.cast_unsigned())
    }
}

impl<'de> FromAnyJson<'de> for i64 {
    const EXPECTED: JsonForm = Integer::EXPECTED;

    fn of_number(number: Number) -> FieldValue<Self> {
        match number {
            Number::Large(_) => FieldValue::Unreadable,
            number => Integer::of_number(number).map(|integer| integer.0),
        }
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        Integer::of_text(text).map(|integer| integer.0)
    }
}

/// The number that a text is. One that is too large for a double is none; `Infinity` is one.
fn number(text: &str) -> Option<Number> {
    if let Ok(whole) = text.parse() {
        return Some(Number::Whole(whole));
    }
    let fraction: f64 = text.parse().ok()?;
    let is_named = text.bytes().any(|byte| matches!(byte, b'n' | b'N'));
    (fraction.is_finite() || is_named).then_some(Number::Fraction(fraction))
}

/// An amount of a resource: a number that a machine may have of anything, in cpus, in MiB or in pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amount(pub f64);

impl Amount {
    /// An exbibyte and more in MiB; amounts are counted in bytes and thousandths, up to `i64`.
    const MOST: f64 = 8e12;

    const fn of(value: f64) -> FieldValue<Self> {
        if value >= 0.0 && value <= Self::MOST { FieldValue::Expected(Self(value)) } else { FieldValue::Unreadable }
    }
}

impl<'de> FromAnyJson<'de> for Amount {
    const EXPECTED: JsonForm = JsonForm::Amount;

    fn of_number(number: Number) -> FieldValue<Self> {
        match Double::of_number(number) {
            FieldValue::Expected(value) | FieldValue::Other(value) => Self::of(value.0),
            FieldValue::Unreadable => FieldValue::Unreadable,
        }
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        let number = number(&text);
        number.map_or(FieldValue::Unreadable, Self::of_number)
    }
}
