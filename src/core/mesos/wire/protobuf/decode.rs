//! Decodes a message by the table, for the readers that read JSON, too: each field has the name that it has in JSON.
//! Borrows texts, and passes over fields that nobody reads without a look inside.
//!
//! A map is not decoded, since no table of a page reads one; it is rendered. Packed numbers, which proto2 writers do not write,
//! count as unknown.

use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::payload::{Malformed, Payload, WireFields};
use super::render;
use super::table::{FieldKind, FieldRule, Message, MessageField};
use crate::mesos::wire::decode_lossy::decode_lossy;
use crate::mesos::wire::raw_field::RAW;
use crate::mesos::wire::unknown_numbers::{UnknownNumber, UnknownNumbers};

/// Messages within messages.
const DEEPEST: u8 = 100;

/// The bytes are no such message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed protobuf")]
pub struct ProtobufError;

impl From<Malformed> for ProtobufError {
    fn from(_: Malformed) -> Self {
        Self
    }
}

impl serde::de::Error for ProtobufError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a message, and notes the numbers in it that the table lacks.
///
/// # Errors
/// If the bytes are malformed.
pub fn read<'a, T: Deserialize<'a>>(
    message: &'static Message,
    bytes: &'a [u8],
    unknown: &mut UnknownNumbers,
) -> Result<T, ProtobufError> {
    T::deserialize(FieldValueDecoder {
        kind: FieldKind::Of(message),
        payload: Payload::Bytes(bytes),
        unknown,
        depth: 0,
    })
}

/// A message in another: the name of its field, its type and its bytes.
pub(in crate::mesos::wire) type Submessage<'a> = (&'static str, &'static Message, &'a [u8]);

/// The messages in a message. Those of unknown fields are left out.
///
/// # Errors
/// If the bytes are malformed.
pub(in crate::mesos::wire) fn messages<'a>(
    message: &'static Message,
    bytes: &'a [u8],
) -> Result<Vec<Submessage<'a>>, ProtobufError> {
    let (mut fields, mut all) = (WireFields(bytes), Vec::new());
    while let Some((number, payload)) = fields.next()? {
        let field = message.field(number);
        if let (Some(MessageField { name, kind: FieldKind::Of(message), .. }), Payload::Bytes(bytes)) = (field, payload)
        {
            all.push((*name, *message, bytes));
        }
    }
    Ok(all)
}

/// One value of a field.
struct FieldValueDecoder<'a, 'n> {
    kind: FieldKind,
    payload: Payload<'a>,
    unknown: &'n mut UnknownNumbers,
    depth: u8,
}

impl<'a> FieldValueDecoder<'a, '_> {
    fn visit_text<V: Visitor<'a>>(self, bytes: &'a [u8], visitor: V) -> Result<V::Value, ProtobufError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => visitor.visit_borrowed_str(text),
            Err(_) => {
                self.unknown.is_lossy = true;
                visitor.visit_str(&decode_lossy(bytes))
            }
        }
    }

    fn visit_number<V: Visitor<'a>>(self, value: u64, visitor: V) -> Result<V::Value, ProtobufError> {
        match self.kind {
            FieldKind::Bool => visitor.visit_bool(value != 0),
            FieldKind::Int32 => visitor.visit_i64(i64::from(value as i32)),
            FieldKind::Int64 => visitor.visit_i64(value.cast_signed()),
            FieldKind::Uint32 => visitor.visit_u64(u64::from(value as u32)),
            FieldKind::Names(names) => {
                let number = i64::from(value as i32);
                match names.name_of(number) {
                    Some(name) => visitor.visit_borrowed_str(name),
                    None => {
                        self.unknown.note(|| UnknownNumber::Name { of: names.name.to_owned(), number });
                        visitor.visit_str(&number.to_string())
                    }
                }
            }
            FieldKind::Uint64 | FieldKind::Text | FieldKind::Bytes | FieldKind::Double | FieldKind::Of(_) => {
                visitor.visit_u64(value)
            }
        }
    }
}

impl<'a> Deserializer<'a> for FieldValueDecoder<'a, '_> {
    type Error = ProtobufError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ProtobufError> {
        match (self.kind, self.payload) {
            (FieldKind::Of(_), _) if self.depth >= DEEPEST => Err(ProtobufError),
            (FieldKind::Of(message), Payload::Bytes(bytes)) => visitor.visit_map(MessageFields {
                message,
                rest: WireFields(bytes),
                current: None,
                taken: 0,
                unknown: self.unknown,
                depth: self.depth + 1,
            }),
            (FieldKind::Bytes, Payload::Bytes(bytes)) => visitor.visit_str(&render::base64(bytes)),
            (_, Payload::Bytes(bytes)) => self.visit_text(bytes, visitor),
            (_, Payload::Fixed64(bits)) => visitor.visit_f64(f64::from_bits(bits)),
            (_, Payload::Varint(value)) => self.visit_number(value, visitor),
            (_, Payload::Fixed32(_) | Payload::Group(_)) => Err(ProtobufError),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &str, visitor: V) -> Result<V::Value, ProtobufError> {
        match self.payload {
            Payload::Bytes(bytes) if name == RAW => visitor.visit_borrowed_bytes(bytes),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ProtobufError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <W: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier
    }
}

/// The fields of a message, by their names.
struct MessageFields<'a, 'n> {
    message: &'static Message,
    rest: WireFields<'a>,
    current: Option<(&'static MessageField, Payload<'a>)>,
    /// Lists that were read already, by number: their first element brings the others.
    taken: u64,
    unknown: &'n mut UnknownNumbers,
    depth: u8,
}

impl<'a> MessageFields<'a, '_> {
    /// The next field that was not read with an earlier one of its list.
    fn advance(&mut self) -> Result<Option<(&'static MessageField, Payload<'a>)>, Malformed> {
        while let Some((number, payload)) = self.rest.next()? {
            let Some(field) = self.message.field(number).filter(|field| field.takes(payload)) else {
                let of = self.message.name;
                self.unknown.note(|| UnknownNumber::Field { of: of.to_owned(), number });
                continue;
            };
            let bit = 1_u64.checked_shl(number).unwrap_or(0);
            if self.taken & bit == 0 {
                self.taken |= if field.rule == FieldRule::One { 0 } else { bit };
                return Ok(Some((field, payload)));
            }
        }
        Ok(None)
    }
}

impl<'a> MapAccess<'a> for MessageFields<'a, '_> {
    type Error = ProtobufError;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, ProtobufError> {
        self.current = self.advance()?;
        self.current.map(|(field, _)| seed.deserialize(BorrowedStrDeserializer::new(field.name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, ProtobufError> {
        let (field, payload) = self.current.ok_or(ProtobufError)?;
        let unknown = &mut *self.unknown;
        match field.rule {
            FieldRule::One => {
                seed.deserialize(FieldValueDecoder { kind: field.kind, payload, unknown, depth: self.depth })
            }
            FieldRule::Many | FieldRule::Map => seed.deserialize(ListDecoder {
                field,
                next: Some(payload),
                rest: self.rest,
                unknown,
                depth: self.depth,
            }),
        }
    }
}

/// All elements of a list, wherever they stand in the message.
struct ListDecoder<'a, 'n> {
    field: &'static MessageField,
    next: Option<Payload<'a>>,
    rest: WireFields<'a>,
    unknown: &'n mut UnknownNumbers,
    depth: u8,
}

impl<'a> Deserializer<'a> for ListDecoder<'a, '_> {
    type Error = ProtobufError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ProtobufError> {
        if self.field.rule == FieldRule::Map { visitor.visit_unit() } else { visitor.visit_seq(self) }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ProtobufError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <W: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

impl<'a> SeqAccess<'a> for ListDecoder<'a, '_> {
    type Error = ProtobufError;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, ProtobufError> {
        while self.next.is_none() {
            match self.rest.next()? {
                Some((number, payload)) if number == self.field.number && self.field.takes(payload) => {
                    self.next = Some(payload);
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
        let Some(payload) = self.next.take() else { return Ok(None) };
        let unknown = &mut *self.unknown;
        let value = FieldValueDecoder { kind: self.field.kind, payload, unknown, depth: self.depth };
        seed.deserialize(value).map(Some)
    }
}
