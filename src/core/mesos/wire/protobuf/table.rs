//! The form of the table: messages, their fields, and the names of enums. Holds no message.
//!
//! Fields stand in the order in which Mesos prints them as JSON, which is that of its `.proto` files.

use std::fmt;

use super::payload::Payload;

/// A message: its fields by number.
pub struct Message {
    /// Mesos' name, as `TaskStatus`.
    pub(crate) name: &'static str,
    pub(super) fields: &'static [MessageField],
}

/// A field of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageField {
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) rule: FieldRule,
    pub(super) kind: FieldKind,
    /// The JSON that Mesos prints where the field is not set; `None` where it prints nothing.
    pub(super) default: Option<&'static str>,
}

/// How often a field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldRule {
    /// Once at most.
    One,
    /// Any number of times: a list.
    Many,
    /// Any number of times, each an entry of a map with a text as its key.
    Map,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldKind {
    Text,
    Bytes,
    Bool,
    Double,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Names(&'static EnumNames),
    Of(&'static Message),
}

/// The names of an enum's numbers.
pub(super) struct EnumNames {
    pub(super) name: &'static str,
    pub(super) values: &'static [(i64, &'static str)],
}

impl Message {
    pub(super) fn field(&self, number: u32) -> Option<&'static MessageField> {
        self.fields.iter().find(|field| field.number == number)
    }
}

impl MessageField {
    /// Whether the payload is of the field's kind; one of another kind is no field of the table.
    pub(super) fn takes(&self, payload: Payload<'_>) -> bool {
        match self.rule {
            FieldRule::One | FieldRule::Many => self.kind.takes(payload),
            FieldRule::Map => matches!(payload, Payload::Bytes(_)),
        }
    }
}

impl FieldKind {
    pub(super) fn takes(self, payload: Payload<'_>) -> bool {
        match self {
            Self::Text | Self::Bytes | Self::Of(_) => matches!(payload, Payload::Bytes(_)),
            Self::Double => matches!(payload, Payload::Fixed64(_)),
            Self::Bool | Self::Int32 | Self::Int64 | Self::Uint32 | Self::Uint64 | Self::Names(_) => {
                matches!(payload, Payload::Varint(_))
            }
        }
    }
}

impl EnumNames {
    pub(super) fn name_of(&self, number: i64) -> Option<&'static str> {
        self.values.iter().find(|(value, _)| *value == number).map(|(_, name)| *name)
    }
}

/// Messages hold one another, so that only the name is printed.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for EnumNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

pub(super) const TEXT: FieldKind = FieldKind::Text;
pub(super) const BYTES: FieldKind = FieldKind::Bytes;
pub(super) const BOOL: FieldKind = FieldKind::Bool;
pub(super) const DOUBLE: FieldKind = FieldKind::Double;
pub(super) const INT32: FieldKind = FieldKind::Int32;
pub(super) const INT64: FieldKind = FieldKind::Int64;
pub(super) const UINT32: FieldKind = FieldKind::Uint32;
pub(super) const UINT64: FieldKind = FieldKind::Uint64;

pub(super) const fn names(names: &'static EnumNames) -> FieldKind {
    FieldKind::Names(names)
}

pub(super) const fn of(message: &'static Message) -> FieldKind {
    FieldKind::Of(message)
}

/// A field without its number and name.
#[derive(Clone, Copy)]
pub(super) struct FieldForm(FieldRule, FieldKind, Option<&'static str>);

pub(super) const fn one(kind: FieldKind) -> FieldForm {
    FieldForm(FieldRule::One, kind, None)
}

pub(super) const fn many(kind: FieldKind) -> FieldForm {
    FieldForm(FieldRule::Many, kind, None)
}

pub(super) const fn map(kind: FieldKind) -> FieldForm {
    FieldForm(FieldRule::Map, kind, None)
}

impl FieldForm {
    /// Mesos prints this JSON where the field is not set.
    pub(super) const fn or(self, default: &'static str) -> Self {
        Self(self.0, self.1, Some(default))
    }

    pub(super) const fn field(self, number: u32, name: &'static str) -> MessageField {
        MessageField { number, name, rule: self.0, kind: self.1, default: self.2 }
    }
}

/// Messages as `STATIC = "Name" { number name: form; }`.
macro_rules! messages {
    ($($message:ident = $name:literal { $($number:literal $field:tt : $form:expr;)* })*) => {
        $(pub(in crate::mesos::wire) static $message: $crate::mesos::wire::protobuf::table::Message =
            $crate::mesos::wire::protobuf::table::Message {
                name: $name,
                fields: &[$($form.field($number, stringify!($field))),*],
            };)*
    };
}
pub(super) use messages;

/// Enums as `STATIC = "Name" { number NAME; }`.
macro_rules! enums {
    ($($names:ident = $name:literal { $($number:literal $value:ident;)* })*) => {
        $(pub(super) static $names: $crate::mesos::wire::protobuf::table::EnumNames =
            $crate::mesos::wire::protobuf::table::EnumNames {
                name: $name,
                values: &[$(($number, stringify!($value))),*],
            };)*
    };
}
pub(super) use enums;
