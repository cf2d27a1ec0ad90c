//! An object as it came, in one of the two encodings of the v1 API: what is kept of it, read of it, and shown of it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::decode_lossy::decode_lossy;
use super::fault::JsonFault;
use super::field::{FromAnyJson, Lenient};
use super::protobuf::decode::{self, ProtobufError};
use super::protobuf::infos::{AGENT_INFO, FRAMEWORK_INFO};
use super::protobuf::master::{AGENT, EXECUTOR, FRAMEWORK};
use super::protobuf::render;
use super::protobuf::table::Message;
use super::protobuf::tasks::{TASK, TASK_STATUS};
use super::raw_field::RawField;
use super::unknown_numbers::UnknownNumbers;

/// An encoding of the v1 API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WireEncoding {
    /// JSON, which every master speaks.
    #[default]
    Json,
    /// Protobuf: half as long, and decoded several times as fast.
    Protobuf,
}

impl WireEncoding {
    /// The encoding that a value of `Content-Type` names; `None` for any other.
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        [Self::Json, Self::Protobuf].into_iter().find(|encoding| kind.eq_ignore_ascii_case(encoding.content_type()))
    }

    /// The encoding of an object by its first byte: JSON begins with a brace, and no message of Mesos does.
    pub fn of_first_byte(byte: u8) -> Self {
        if byte == b'{' || byte.is_ascii_whitespace() { Self::Json } else { Self::Protobuf }
    }

    /// Its content type, as `Accept` names it. Mesos refuses it with any parameter (PROTOCOL.md, "Requests").
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/x-protobuf",
        }
    }
}

/// Messages that are kept. What is kept of an object begins with its message's place here, counted from one: JSON begins with no
/// such byte.
static KEPT: [&Message; 7] = [&TASK, &TASK_STATUS, &AGENT, &AGENT_INFO, &FRAMEWORK, &FRAMEWORK_INFO, &EXECUTOR];

/// An object as it came.
#[derive(Clone, Copy, Debug)]
pub enum Encoded<'a> {
    /// Its JSON.
    Json(&'a str),
    /// Its message, and the bytes.
    Protobuf(&'static Message, &'a [u8]),
}

impl<'a> From<&'a str> for Encoded<'a> {
    fn from(json: &'a str) -> Self {
        Self::Json(json)
    }
}

impl<'a> From<&'a String> for Encoded<'a> {
    fn from(json: &'a String) -> Self {
        Self::Json(json)
    }
}

impl PartialEq for Encoded<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes() && self.message_place() == other.message_place()
    }
}

impl<'a> Encoded<'a> {
    /// Reads the object, with its fields that do not fit.
    ///
    /// # Errors
    /// If the bytes are malformed.
    pub fn read<T: FromAnyJson<'a>>(self) -> Result<Lenient<T>, JsonFault> {
        match self {
            Self::Json(json) => Ok(serde_json::from_str(json)?),
            Self::Protobuf(message, bytes) => {
                let mut unknown = UnknownNumbers::default();
                let mut read: Lenient<T> =
                    decode::read(message, bytes, &mut unknown).map_err(|ProtobufError| JsonFault::Protobuf)?;
                read.misfits.note_unknown(unknown);
                Ok(read)
            }
        }
    }

    /// Reads the first object of a text, or the only one of other bytes. Gives it as it was sent, too; `None` if there is none.
    ///
    /// # Errors
    /// If the bytes are malformed.
    pub fn read_first<T: FromAnyJson<'a>>(self) -> Result<Option<(Lenient<T>, Self)>, JsonFault> {
        let Self::Json(json) = self else { return Ok(Some((self.read()?, self))) };
        let mut objects = serde_json::Deserializer::from_str(json).into_iter::<Lenient<T>>();
        let first = objects.next().transpose()?;
        let length = objects.byte_offset();
        Ok(first.map(|first| (first, Self::Json(json.get(..length).unwrap_or_default()))))
    }

    /// The first object of a text, which has that length; other bytes are one object.
    #[must_use]
    pub fn first(self, length: usize) -> Self {
        match self {
            Self::Json(json) => Self::Json(json.get(..length).unwrap_or_default()),
            Self::Protobuf(..) => self,
        }
    }

    /// Its length in bytes.
    pub fn len(self) -> usize {
        self.bytes().len()
    }

    /// Whether it has no bytes: a message of protobuf without fields has none.
    pub fn is_empty(self) -> bool {
        self.bytes().is_empty()
    }

    /// A field that holds that message.
    pub(super) fn of_field(raw: RawField<'a>, message: &'static Message) -> Self {
        match raw {
            RawField::Json(json) => Self::Json(json.get()),
            RawField::Protobuf(bytes) => Self::Protobuf(message, bytes),
        }
    }

    /// The object as JSON: as it came, or as the master would print it.
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Json(json) => Cow::Borrowed(json),
            Self::Protobuf(message, bytes) => Cow::Owned(render::json(message, bytes)),
        }
    }

    /// What is to be kept of it: parts that follow one another.
    pub fn kept(self) -> [&'a [u8]; 2] {
        [self.message_place(), self.bytes()]
    }

    /// Reads what was kept. JSON may be no UTF-8.
    pub fn of_kept(kept: &'a [u8]) -> Result<Self, &'a [u8]> {
        let message = kept
            .split_first()
            .and_then(|(place, bytes)| Some((*KEPT.get(usize::from(*place).checked_sub(1)?)?, bytes)));
        match message {
            Some((message, bytes)) => Ok(Self::Protobuf(message, bytes)),
            None => std::str::from_utf8(kept).map(Self::Json).map_err(|_| kept),
        }
    }

    fn bytes(self) -> &'a [u8] {
        match self {
            Self::Json(json) => json.as_bytes(),
            Self::Protobuf(_, bytes) => bytes,
        }
    }

    fn message_place(self) -> &'static [u8] {
        const PLACES: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];
        let Self::Protobuf(message, _) = self else { return &[] };
        let place = KEPT.iter().position(|kept| std::ptr::eq(*kept, message));
        place.and_then(|place| PLACES.get(place..=place)).unwrap_or_default()
    }
}

/// What was kept of an object, as JSON; bytes that are no UTF-8 are marked.
pub fn kept_text(kept: &[u8]) -> String {
    Encoded::of_kept(kept).map_or_else(|bytes| decode_lossy(bytes).into_owned(), |object| object.text().into_owned())
}
