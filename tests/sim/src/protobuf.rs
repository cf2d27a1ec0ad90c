//! The wire format of protobuf, written from JSON: the other modules write JSON alone, and this one turns it into the same message.
//!
//! `messages.txt` has the messages. A field that it lacks is left out; an enum's name that it lacks becomes number 99.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use base64::Engine;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::de::Deserializer;

/// Number of a type that Mesos does not have.
const UNKNOWN_NAME: u64 = 99;

/// Encoding of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Protobuf,
}

impl Encoding {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Encoding::Json => "application/json",
            Encoding::Protobuf => "application/x-protobuf",
        }
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::parse(include_str!("messages.txt")));

#[derive(Default)]
struct Schema {
    messages: HashMap<&'static str, HashMap<&'static str, Field>>,
    enums: HashMap<&'static str, HashMap<&'static str, u64>>,
}

#[derive(Clone, Copy)]
struct Field {
    number: u64,
    kind: &'static str,
    is_map: bool,
}

impl Schema {
    fn parse(table: &'static str) -> Self {
        let mut schema = Self::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let (head, body) = line.split_once(':').expect("a line has a name and a colon");
            let entries = body.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            match head.split_once(' ') {
                Some(("enum", name)) => drop(schema.enums.insert(name, entries.map(value).collect())),
                Some(("message", name)) => drop(schema.messages.insert(name, entries.map(field).collect())),
                _ => panic!("a line is an enum or a message: {line}"),
            }
        }
        schema
    }
}

fn value(entry: &'static str) -> (&'static str, u64) {
    let (number, name) = entry.split_once(' ').expect("a value has a number and a name");
    (name, number.parse().expect("a number"))
}

fn field(entry: &'static str) -> (&'static str, Field) {
    let mut words = entry.split(' ');
    let mut next = || words.next().expect("a field has a number, a kind and a name");
    let (number, kind, name) = (next(), next(), next());
    let field = Field { number: number.parse().expect("a number"), kind, is_map: name.ends_with('%') };
    (name.trim_end_matches(['*', '%']), field)
}

/// The message of that name that some JSON is; as much of it as is JSON. Unknown names give an empty message.
pub fn message(name: &str, json: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(fields) = SCHEMA.messages.get(name) {
        // What is no JSON ends the message.
        let _ = MessageSeed { fields, out: &mut out }.deserialize(&mut Deserializer::from_slice(json));
    }
    out
}

/// A record of a stream as one of protobuf. What is no record of JSON, as a fault's, stays as it is.
pub(crate) fn record(record: &[u8]) -> Vec<u8> {
    let json = record.iter().position(|byte| *byte == b'\n').map(|end| &record[end + 1..]);
    let Some(json) = json.filter(|json| json.starts_with(b"{")) else { return record.to_vec() };
    let event = message("master.Event", json);
    [format!("{}\n", event.len()).as_bytes(), &event].concat()
}

/// Writes a field that holds bytes, or the head of one whose bytes follow.
pub(crate) fn length(out: &mut Vec<u8>, number: u64, length: u64) {
    varint(out, number << 3 | 2);
    varint(out, length);
}

/// Writes a field that holds a number.
pub(crate) fn number(out: &mut Vec<u8>, number: u64, value: u64) {
    varint(out, number << 3);
    varint(out, value);
}

/// Writes a field that holds a double.
pub(crate) fn double(out: &mut Vec<u8>, number: u64, value: f64) {
    varint(out, number << 3 | 1);
    out.extend_from_slice(&value.to_le_bytes());
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Puts the length before what was written since.
fn close(out: &mut Vec<u8>, begin: usize) {
    let mut length = Vec::new();
    varint(&mut length, (out.len() - begin) as u64);
    out.splice(begin..begin, length);
}

struct MessageSeed<'o> {
    fields: &'static HashMap<&'static str, Field>,
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for MessageSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MessageSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<&str>()? {
            match self.fields.get(name) {
                Some(field) => map.next_value_seed(FieldSeed { field: *field, out: self.out })?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// One value of a field, or all of its list or map.
struct FieldSeed<'o> {
    field: Field,
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl FieldSeed<'_> {
    fn bytes(self, bytes: &[u8]) {
        length(self.out, self.field.number, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn number<E>(self, value: f64, exact: u64) -> Result<(), E> {
        match self.field.kind {
            "double" => double(self.out, self.field.number, value),
            _ => number(self.out, self.field.number, exact),
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for FieldSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.kind)
    }
    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        number(self.out, self.field.number, u64::from(value));
        Ok(())
    }
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.number(value as f64, value)
    }
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.number(value as f64, value.cast_unsigned())
    }
    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.number(value, value as u64)
    }
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        match (self.field.kind, SCHEMA.enums.get(self.field.kind)) {
            (_, Some(names)) => {
                number(self.out, self.field.number, names.get(text).copied().unwrap_or(UNKNOWN_NAME));
            }
            ("bytes", None) => {
                let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
                self.bytes(&bytes);
            }
            _ => self.bytes(text.as_bytes()),
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(FieldSeed { field: self.field, out: self.out })?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { field, out } = self;
        if !field.is_map {
            let Some(fields) = SCHEMA.messages.get(field.kind) else {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(());
            };
            varint(out, field.number << 3 | 2);
            let begin = out.len();
            MessageSeed { fields, out }.visit_map(map)?;
            close(out, begin);
            return Ok(());
        }
        while let Some(key) = map.next_key::<String>()? {
            varint(out, field.number << 3 | 2);
            let begin = out.len();
            length(out, 1, key.len() as u64);
            out.extend_from_slice(key.as_bytes());
            let value = Field { number: 2, kind: field.kind, is_map: false };
            map.next_value_seed(FieldSeed { field: value, out })?;
            close(out, begin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_the_same_message() {
        let check =
            |name: &str, json: &str, expected: &[u8]| assert_eq!(message(name, json.as_bytes()), expected, "{json}");
        check("TaskID", r#"{"value":"a\"b"}"#, b"\x0a\x03a\"b");
        check("TimeInfo", r#"{"nanoseconds":-1}"#, b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        check("Value.Scalar", r#"{"value":1.0,"new":{}}"#, b"\x09\0\0\0\0\0\0\xf0\x3f");
        check("master.Event", r#"{"type":"HEARTBEAT"}"#, b"\x08\x09");
        check("master.Event", r#"{"type":"NEW","new":[1]}"#, b"\x08\x63");
        check("UUID", r#"{"value":"aGk="}"#, b"\x0a\x02hi");
        check("FrameworkInfo", r#"{"roles":["a","b"]}"#, b"\x62\x01a\x62\x01b");
        check(
            "OfferFilters.ResourceQuantities",
            r#"{"quantities":{"c":{"value":0}}}"#,
            b"\x0a\x0e\x0a\x01c\x12\x09\x09\0\0\0\0\0\0\0\0",
        );
    }

    #[test]
    fn a_record_becomes_one_of_protobuf() {
        assert_eq!(record(b"20\n{\"type\":\"HEARTBEAT\"}"), b"2\n\x08\x09");
        assert_eq!(record(b"garbage"), b"garbage");
    }
}
