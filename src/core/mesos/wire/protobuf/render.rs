//! Renders a message as the JSON that the master prints of it: the same names, the same order, the same defaults.
//!
//! A number that the table lacks becomes a field that is named by it: `"99":1`. What differs from the master's JSON: doubles have
//! all their digits, and a field that this version of Mesos lacks in v1 is shown all the same.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::payload::{Payload, WireFields};
use super::table::{FieldKind, FieldRule, Message, MessageField};
use crate::base::order;
use crate::mesos::wire::decode_lossy::decode_lossy;

/// Messages within messages. What is deeper is shown as bytes.
const DEEPEST: u8 = 100;
/// Numbers of a map's entry (descriptor.proto, map_entry).
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// A message as JSON.
pub fn json(message: &'static Message, bytes: &[u8]) -> String {
    let mut rendering = Rendering { out: String::with_capacity(bytes.len() * 2), depth: 0 };
    rendering.message(message, bytes);
    rendering.out
}

/// Bytes as Mesos prints them in JSON.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

type Payloads<'a> = Vec<(u32, Payload<'a>)>;

/// The fields of a message; `None` if it is malformed.
fn fields(bytes: &[u8]) -> Option<Payloads<'_>> {
    let (mut rest, mut all) = (WireFields(bytes), Vec::new());
    while let Some(field) = rest.next().ok()? {
        all.push(field);
    }
    Some(all)
}

struct Rendering {
    out: String,
    depth: u8,
}

impl Rendering {
    fn message(&mut self, message: &'static Message, bytes: &[u8]) {
        let Some(all) = fields(bytes).filter(|_| self.depth < DEEPEST) else { return self.text(&base64(bytes)) };
        self.depth += 1;
        self.out.push('{');
        let mut is_first = true;
        for field in message.fields {
            let own = all.iter().filter(|(number, payload)| *number == field.number && field.takes(*payload));
            self.field(field, own.map(|(_, payload)| *payload), &mut is_first);
        }
        self.unknown(message, &all, &mut is_first);
        self.out.push('}');
        self.depth -= 1;
    }

    fn field<'a>(
        &mut self,
        field: &'static MessageField,
        payloads: impl Iterator<Item = Payload<'a>> + Clone,
        is_first: &mut bool,
    ) {
        match (field.rule, payloads.clone().last(), field.default) {
            (FieldRule::One, Some(payload), _) => {
                self.key(field.name, is_first);
                self.value(field.kind, payload);
            }
            (FieldRule::One, None, Some(default)) => {
                self.key(field.name, is_first);
                self.out.push_str(default);
            }
            (_, None, _) => {}
            (FieldRule::Many, Some(_), _) => {
                self.key(field.name, is_first);
                self.list('[', ']', payloads, |this, payload| this.value(field.kind, payload));
            }
            (FieldRule::Map, Some(_), _) => {
                self.key(field.name, is_first);
                self.list('{', '}', payloads, |this, entry| this.entry(field.kind, entry));
            }
        }
    }

    fn list<T>(
        &mut self,
        open: char,
        close: char,
        items: impl Iterator<Item = T>,
        mut print: impl FnMut(&mut Self, T),
    ) {
        self.out.push(open);
        for (at, item) in items.enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            print(self, item);
        }
        self.out.push(close);
    }

    /// An entry without a key has an empty one, as for Mesos; one without a value is null.
    fn entry(&mut self, kind: FieldKind, entry: Payload<'_>) {
        let Payload::Bytes(bytes) = entry else { return };
        let all = fields(bytes).unwrap_or_default();
        let last = |wanted: u32| all.iter().rev().find(|(number, _)| *number == wanted).map(|(_, payload)| *payload);
        match last(KEY) {
            Some(Payload::Bytes(key)) => self.text(&decode_lossy(key)),
            _ => self.text(""),
        }
        self.out.push(':');
        match last(VALUE).filter(|payload| kind.takes(*payload)) {
            Some(payload) => self.value(kind, payload),
            None => self.out.push_str("null"),
        }
    }

    fn value(&mut self, kind: FieldKind, payload: Payload<'_>) {
        match (kind, payload) {
            (FieldKind::Of(message), Payload::Bytes(bytes)) => self.message(message, bytes),
            (FieldKind::Bytes, Payload::Bytes(bytes)) => self.text(&base64(bytes)),
            (_, Payload::Bytes(bytes)) => self.text(&decode_lossy(bytes)),
            (FieldKind::Bool, Payload::Varint(value)) => self.out.push_str(if value == 0 { "false" } else { "true" }),
            (FieldKind::Int32, Payload::Varint(value)) => self.number(value as i32),
            (FieldKind::Int64, Payload::Varint(value)) => self.number(value.cast_signed()),
            (FieldKind::Uint32, Payload::Varint(value)) => self.number(value as u32),
            (FieldKind::Names(names), Payload::Varint(value)) => match names.name_of(i64::from(value as i32)) {
                Some(name) => self.text(name),
                None => self.number(value as i32),
            },
            (_, Payload::Fixed64(bits)) => self.double(f64::from_bits(bits)),
            (_, Payload::Varint(value)) => self.number(value),
            (_, Payload::Fixed32(value)) => self.number(value),
            (_, Payload::Group(bytes)) => self.text(&base64(bytes)),
        }
    }

    /// Fields that the table lacks, each number once.
    fn unknown(&mut self, message: &'static Message, all: &Payloads<'_>, is_first: &mut bool) {
        let is_unknown =
            |(number, payload): &(u32, Payload<'_>)| !message.field(*number).is_some_and(|field| field.takes(*payload));
        let mut unknown: Payloads<'_> = all.iter().filter(|field| is_unknown(field)).copied().collect();
        order::sort_by_key(&mut unknown, |(number, _)| *number);
        for same in unknown.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((number, payload)) = same.first() else { continue };
            self.key(&number.to_string(), is_first);
            match same.len() {
                1 => self.unknown_value(*payload),
                _ => self.list('[', ']', same.iter(), |this, (_, payload)| this.unknown_value(*payload)),
            }
        }
    }

    /// Bytes that are text are most likely text.
    fn unknown_value(&mut self, payload: Payload<'_>) {
        match payload {
            Payload::Bytes(bytes) => {
                match std::str::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control)) {
                    Some(text) => self.text(text),
                    None => self.text(&base64(bytes)),
                }
            }
            Payload::Fixed64(bits) => self.number(bits),
            payload @ (Payload::Varint(_) | Payload::Fixed32(_) | Payload::Group(_)) => {
                self.value(FieldKind::Uint64, payload);
            }
        }
    }

    fn key(&mut self, name: &str, is_first: &mut bool) {
        if !std::mem::replace(is_first, false) {
            self.out.push(',');
        }
        self.text(name);
        self.out.push(':');
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&serde_json::Value::from(text).to_string());
    }

    fn number(&mut self, value: impl Into<serde_json::Number>) {
        self.out.push_str(&value.into().to_string());
    }

    /// JSON has no word for what is not finite.
    fn double(&mut self, value: f64) {
        match serde_json::Number::from_f64(value) {
            Some(number) => self.out.push_str(&number.to_string()),
            None => self.text(&value.to_string()),
        }
    }
}
