//! Cuts the elements of the snapshot's lists, or of an answer's, out of its protobuf as it arrives. No message of a whole list is
//! ever held; what an element holds is the decoder's.

use super::master::{
    EVENT, EVENT_SUBSCRIBED, GET_AGENTS, GET_EXECUTORS, GET_FRAMEWORKS, GET_STATE, GET_TASKS, RESPONSE,
};
use super::payload::{self, Malformed};
use super::table::{FieldKind, FieldRule, Message};
use crate::mesos::wire::json_splitter::{SnapshotList, SplitError, UnknownList};
use crate::mesos::wire::skeleton::Skeleton;
use crate::mesos::wire::unknown_numbers::{UnknownNumber, UnknownNumbers};

/// One element may be as large as a record that is held whole.
const ELEMENT_LIMIT: u64 = 64 << 20;
/// What the buffer for straddling elements may keep for the next one.
const CARRY_KEPT: usize = 64 << 10;
/// Unknown lists whose names are kept; others are counted only.
const UNKNOWN_LISTS: usize = 32;
/// Messages around the lists.
static AROUND_LISTS: [&Message; 6] =
    [&EVENT_SUBSCRIBED, &GET_STATE, &GET_TASKS, &GET_EXECUTORS, &GET_FRAMEWORKS, &GET_AGENTS];

/// Splitter of a record, or of an answer's body, into the elements of its lists.
#[derive(Debug)]
pub struct ProtobufSplitter {
    /// The messages that are open, outermost first.
    open: Vec<OpenMessage>,
    /// Bytes that were taken so far.
    at: u64,
    state: SplitterState,
    /// The bytes of a tag or of an element so far, if they straddle two chunks.
    carry: Vec<u8>,
    skeleton: Skeleton,
    unknown_lists: Vec<UnknownList>,
    unknown: UnknownNumbers,
}

#[derive(Clone, Copy, Debug)]
struct OpenMessage {
    message: &'static Message,
    /// Name of the field that holds it.
    name: &'static str,
    /// Offset of its end; `None` for the whole, which ends with its record.
    end: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum SplitterState {
    /// The next bytes are a field's tag, and the number or length behind it.
    Field,
    /// The next bytes are passed over.
    Skipping { left: u64 },
    /// The next bytes are an element.
    Element { list: SnapshotList, message: &'static Message, left: u64 },
}

/// A field's tag and what follows it, without its bytes.
enum FieldHead {
    Number {
        number: u32,
        value: u64,
    },
    Double {
        number: u32,
        bits: u64,
    },
    /// Four bytes: no field around the lists is so.
    Single {
        number: u32,
    },
    Length {
        number: u32,
        length: u64,
    },
}

impl ProtobufSplitter {
    /// Creates a splitter for the first record of a stream.
    pub fn of_record() -> Self {
        Self::of(&EVENT)
    }

    /// Creates a splitter for the answer to a read.
    pub fn of_answer() -> Self {
        Self::of(&RESPONSE)
    }

    fn of(message: &'static Message) -> Self {
        Self {
            open: vec![OpenMessage { message, name: "", end: None }],
            at: 0,
            state: SplitterState::Field,
            carry: Vec::new(),
            skeleton: Skeleton::default(),
            unknown_lists: Vec::new(),
            unknown: UnknownNumbers::default(),
        }
    }

    /// Takes the next bytes and hands out each element that has come whole.
    ///
    /// # Errors
    /// If what comes is malformed; nothing after it can be trusted.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(SnapshotList, &'static Message, &[u8]),
    ) -> Result<(), SplitError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.state {
                SplitterState::Field => self.field_byte(&mut rest)?,
                SplitterState::Skipping { left } => {
                    let passed = self.take(left, &mut rest).len() as u64;
                    self.state = SplitterState::Skipping { left: left - passed };
                }
                SplitterState::Element { list, message, left } => {
                    let part = self.take(left, &mut rest);
                    let left = left - part.len() as u64;
                    self.state = SplitterState::Element { list, message, left };
                    self.element(list, message, part, left, take);
                }
            }
            self.close();
        }
        Ok(())
    }

    fn element(
        &mut self,
        list: SnapshotList,
        message: &'static Message,
        part: &[u8],
        left: u64,
        take: &mut impl FnMut(SnapshotList, &'static Message, &[u8]),
    ) {
        if left > 0 || !self.carry.is_empty() {
            self.carry.extend_from_slice(part);
        }
        if left > 0 {
            return;
        }
        let whole = if self.carry.is_empty() { part } else { &self.carry };
        take(list, message, whole);
        self.carry.clear();
        if self.carry.capacity() > CARRY_KEPT {
            self.carry = Vec::new();
        }
    }

    fn take<'a>(&mut self, most: u64, rest: &mut &'a [u8]) -> &'a [u8] {
        let here = usize::try_from(most).unwrap_or(usize::MAX).min(rest.len());
        let (taken, after) = rest.split_at_checked(here).unwrap_or((rest, &[]));
        *rest = after;
        self.at += taken.len() as u64;
        taken
    }

    /// What has ended is closed.
    fn close(&mut self) {
        match self.state {
            SplitterState::Skipping { left: 0 } | SplitterState::Element { left: 0, .. } => {
                self.state = SplitterState::Field;
            }
            SplitterState::Skipping { .. } | SplitterState::Element { .. } => return,
            SplitterState::Field if !self.carry.is_empty() => return,
            SplitterState::Field => {}
        }
        while self.open.pop_if(|innermost| innermost.end == Some(self.at)).is_some() {}
    }

    /// A tag and its length have a few bytes: they are taken one by one.
    fn field_byte(&mut self, rest: &mut &[u8]) -> Result<(), SplitError> {
        let byte = self.take(1, rest);
        self.carry.extend_from_slice(byte);
        let end = self.open.last().and_then(|innermost| innermost.end);
        if end.is_some_and(|end| self.at > end) {
            return Err(SplitError::Unbalanced);
        }
        let Some(head) = FieldHead::read(&self.carry).map_err(|Malformed| SplitError::Unbalanced)? else {
            return Ok(());
        };
        self.carry.clear();
        self.begin(head)
    }

    fn begin(&mut self, head: FieldHead) -> Result<(), SplitError> {
        let Some(innermost) = self.open.last().copied() else { return Err(SplitError::Unbalanced) };
        match head {
            FieldHead::Number { number, value } => self.number(innermost.message, number, value),
            FieldHead::Double { number, bits } => self.double(innermost.message, number, bits),
            FieldHead::Single { number } => self.unknown_field(innermost.message, number),
            FieldHead::Length { number, length } => {
                let end = self.at.checked_add(length).ok_or(SplitError::Unbalanced)?;
                if innermost.end.is_some_and(|outer| end > outer) {
                    return Err(SplitError::Unbalanced);
                }
                return self.open_field(innermost, number, length, end);
            }
        }
        Ok(())
    }

    fn open_field(&mut self, within: OpenMessage, number: u32, length: u64, end: u64) -> Result<(), SplitError> {
        self.state = SplitterState::Skipping { left: length };
        let Some(field) = within.message.field(number) else {
            self.unknown_field(within.message, number);
            self.unknown_entry(within, &number.to_string());
            return Ok(());
        };
        let FieldKind::Of(message) = field.kind else { return Ok(()) };
        match field.rule {
            FieldRule::One if AROUND_LISTS.iter().any(|around| std::ptr::eq(*around, message)) => {
                self.skeleton.found(field.name);
                self.open.push(OpenMessage { message, name: field.name, end: Some(end) });
                self.state = SplitterState::Field;
            }
            FieldRule::Many if length > ELEMENT_LIMIT => return Err(SplitError::ElementTooLarge),
            FieldRule::Many => {
                let list = SnapshotList::from_name(field.name.as_bytes());
                if list == SnapshotList::Other {
                    self.unknown_entry(within, field.name);
                }
                self.state = SplitterState::Element { list, message, left: length };
            }
            FieldRule::One | FieldRule::Map => {}
        }
        Ok(())
    }

    fn number(&mut self, message: &'static Message, number: u32, value: u64) {
        match message.field(number).map(|field| field.kind) {
            Some(FieldKind::Names(names)) if self.open.len() == 1 => {
                let value = i64::from(value as i32);
                self.skeleton.set_kind(names.name_of(value).map_or_else(|| value.to_string(), str::to_owned));
            }
            Some(_) => {}
            None => self.unknown_field(message, number),
        }
    }

    fn double(&mut self, message: &'static Message, number: u32, bits: u64) {
        match message.field(number).map(|field| field.name) {
            Some("heartbeat_interval_seconds") => self.skeleton.set_heartbeat_seconds(f64::from_bits(bits)),
            Some(_) => {}
            None => self.unknown_field(message, number),
        }
    }

    fn unknown_field(&mut self, message: &'static Message, number: u32) {
        self.unknown.note(|| UnknownNumber::Field { of: message.name.to_owned(), number });
    }

    fn unknown_entry(&mut self, within: OpenMessage, name: &str) {
        let is_it = |list: &&mut UnknownList| list.within == within.name && list.name == name;
        if let Some(list) = self.unknown_lists.iter_mut().find(is_it) {
            list.entries += 1;
        } else if self.unknown_lists.len() < UNKNOWN_LISTS {
            self.unknown_lists.push(UnknownList { within: within.name.to_owned(), name: name.to_owned(), entries: 1 });
        }
    }

    /// What is left when all elements are cut out, and the lists that this build does not know.
    ///
    /// # Errors
    /// If the record ends within a field.
    pub fn finish(self) -> Result<(Skeleton, Vec<UnknownList>), SplitError> {
        let is_between = matches!(self.state, SplitterState::Field) && self.carry.is_empty();
        if !is_between || self.open.len() != 1 {
            return Err(SplitError::Unbalanced);
        }
        let mut skeleton = self.skeleton;
        skeleton.note_unknown(self.unknown);
        Ok((skeleton, self.unknown_lists))
    }
}

impl FieldHead {
    /// The head at the front; `None` if it has not come whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        let Some((tag, length)) = payload::varint(bytes)? else { return Ok(None) };
        let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0).ok_or(Malformed)?;
        let rest = bytes.get(length..).unwrap_or_default();
        Ok(match tag & 7 {
            0 => payload::varint(rest)?.map(|(value, _)| Self::Number { number, value }),
            1 => rest.try_into().ok().map(|bytes| Self::Double { number, bits: u64::from_le_bytes(bytes) }),
            2 => payload::varint(rest)?.map(|(length, _)| Self::Length { number, length }),
            5 => (rest.len() == 4).then_some(Self::Single { number }),
            _ => return Err(Malformed),
        })
    }
}
