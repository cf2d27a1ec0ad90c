//! The leaves: text, ids, numbers, times. Each takes every form that Mesos has written it in.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::units::{Nanoseconds, Timestamp};

/// A text, borrowed where the JSON has no escapes. Anything but text is read as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cow::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cow::default())
    }
}

/// An id: `{"value": "…"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Id<'a> {
    #[serde(borrow, default)]
    pub value: Text<'a>,
}

impl Id<'_> {
    /// The id's text.
    pub fn as_str(&self) -> &str {
        self.value.as_str()
    }
}

/// A whole number of 64 bits, written as a number or as a text of digits. A fraction is cut off, as Mesos does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Integer(pub i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor).map(|number| match number {
            Number::Whole(value) => Self(value),
            Number::Fraction(value) => Self(value as i64),
        })
    }
}

/// A double, written as a number or as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Double(pub f64);

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor).map(|number| match number {
            Number::Whole(value) => Self(value as f64),
            Number::Fraction(value) => Self(value),
        })
    }
}

enum Number {
    Whole(i64),
    Fraction(f64),
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text of one")
    }
    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(Number::Whole(value))
    }
    /// Mesos lets numbers past i64 wrap (2^63 becomes negative), so that is what they mean.
    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(Number::Whole(value.cast_signed()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(Number::Fraction(value))
    }
    fn visit_unit<E>(self) -> Result<Number, E> {
        Ok(Number::Whole(0))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        let whole = text.parse().map(Number::Whole);
        whole
            .or_else(|_| text.parse().map(Number::Fraction))
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// A moment, as TimeInfo writes it: `{"nanoseconds": N}`. Nought means none (PROTOCOL.md, B7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Time {
    #[serde(default)]
    pub nanoseconds: Integer,
}

impl Time {
    /// The moment, if it is one.
    pub fn moment(self) -> Option<Timestamp> {
        (self.nanoseconds.0 != 0).then_some(Timestamp(self.nanoseconds.0))
    }
}

/// A length of time, as a double of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub struct DurationSeconds(pub Double);

impl DurationSeconds {
    /// The length itself.
    pub fn length(self) -> Nanoseconds {
        Nanoseconds::from_secs_f64(self.0.0)
    }
}
