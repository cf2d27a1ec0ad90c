//! Cuts the elements of the snapshot's lists out of its bytes as they arrive, so that serde_json sees one object at a time
//! and no string of a whole record is ever made. Understands brackets and strings; what an element holds is serde_json's.
//!
//! What lies outside the elements is the record's skeleton: a small JSON of its own, checked when the record has ended.

use memchr::memchr2;
use serde::{Deserialize, Serialize};

use super::decode_lossy::decode_lossy;

/// One element may be as large as a record that is held whole.
const ELEMENT_LIMIT: usize = 64 << 20;
/// The skeleton of a snapshot has some hundred bytes.
const SKELETON_LIMIT: usize = 1 << 20;
/// What the buffer for straddling elements may keep for the next one.
const CARRY_KEPT: usize = 64 << 10;
/// Keys around the lists of a snapshot: `{"subscribed":{"get_state":{"get_tasks":{"tasks":[`.
const SNAPSHOT: &[&str] = &["subscribed", "get_state"];
/// Those of an answer to a read: `{"get_agents":{"agents":[`.
const ANSWER: &[&str] = &[];
/// Brackets open in a list, beside those around it.
const LIST_DEPTH: usize = 3;
/// Unknown lists whose names are kept; others are counted only.
const UNKNOWN_LISTS: usize = 32;

/// A list of the snapshot, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SnapshotList {
    /// `get_tasks.tasks`: tasks that have not ended, or whose end is not acknowledged.
    Tasks,
    /// `get_tasks.unreachable_tasks`: tasks on agents that the master cannot reach.
    UnreachableTasks,
    /// `get_tasks.completed_tasks`: the latest tasks that have ended, as far as the master keeps them.
    CompletedTasks,
    /// `get_executors.executors`: executors on registered agents, without command executors.
    Executors,
    /// `get_frameworks.frameworks`: frameworks that have not ended.
    Frameworks,
    /// `get_frameworks.completed_frameworks`: the latest frameworks that have ended.
    CompletedFrameworks,
    /// `get_agents.agents`: registered agents.
    Agents,
    /// Agents that the master knows from its registry only: AgentInfo, not Agent.
    RecoveredAgents,
    /// Running tasks of frameworks that have not come back to a master before 1.3. Later masters never write them (PROTOCOL.md,
    /// "GET_TASKS").
    OrphanTasks,
    /// `get_executors.orphan_executors`: executors of frameworks that have not come back to a master before 1.3.
    OrphanExecutors,
    /// The frameworks of those: FrameworkInfo, not Framework.
    RecoveredFrameworks,
    /// A list that this build does not know.
    Other,
}

/// A list of the snapshot, or of an answer, that this build does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnknownList {
    /// Key of the object around the list, as `get_tasks`.
    pub within: String,
    /// Key of the list, as `pending_tasks`.
    pub name: String,
    /// Number of objects in the list.
    pub entries: u64,
}

impl SnapshotList {
    pub(super) fn from_name(name: &[u8]) -> Self {
        match name {
            b"tasks" => Self::Tasks,
            b"unreachable_tasks" => Self::UnreachableTasks,
            b"completed_tasks" => Self::CompletedTasks,
            b"executors" => Self::Executors,
            b"frameworks" => Self::Frameworks,
            b"completed_frameworks" => Self::CompletedFrameworks,
            b"agents" => Self::Agents,
            b"recovered_agents" => Self::RecoveredAgents,
            b"orphan_tasks" => Self::OrphanTasks,
            b"orphan_executors" => Self::OrphanExecutors,
            b"recovered_frameworks" => Self::RecoveredFrameworks,
            _ => Self::Other,
        }
    }
}

/// Why a record cannot be split into elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum SplitError {
    /// One element of a list exceeds the limit of 64 MiB.
    ElementTooLarge,
    /// The text outside the lists exceeds its limit.
    SkeletonTooLarge,
    /// A bracket closes that was not opened, or one is open at the end. In protobuf, a field does not end where it should.
    Unbalanced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StringState {
    Outside,
    Inside,
    Escaped,
}

/// Receiver of the elements.
pub trait ElementSink {
    /// Takes one complete element.
    fn whole(&mut self, list: SnapshotList, json: &[u8]);

    /// Reads an element off the front of a text and says how long it is, so that nobody has to look for its end. `None` if it
    /// has not come whole or is not as it should be: then it is cut out, and `whole` gets it.
    fn front(&mut self, list: SnapshotList, text: &str) -> Option<usize>;
}

impl<F: FnMut(SnapshotList, &[u8])> ElementSink for F {
    fn whole(&mut self, list: SnapshotList, json: &[u8]) {
        self(list, json);
    }

    fn front(&mut self, _: SnapshotList, _: &str) -> Option<usize> {
        None
    }
}

/// Splitter of a record into the elements of its lists, as it arrives.
#[derive(Debug)]
pub struct Splitter {
    /// Keys of the objects around the lists.
    within: &'static [&'static str],
    text: StringState,
    /// Brackets open outside elements; true for `[`.
    open: Vec<bool>,
    /// An element is being cut.
    cutting: bool,
    /// Brackets open inside that element.
    depth: usize,
    list: SnapshotList,
    /// The last text of the skeleton: a key, if a colon follows it.
    key: Vec<u8>,
    keys: Vec<Vec<u8>>,
    skeleton: Vec<u8>,
    /// The front of an element that straddles two chunks.
    carry: Vec<u8>,
    unknown: Vec<UnknownList>,
    /// The list that is being cut is the last of those.
    in_unknown: bool,
    /// Values in lists that are no objects.
    strays: u64,
    /// The last byte between elements belonged to such a value.
    in_stray: bool,
    /// The longest element, in bytes, and whether one that is longer is left out instead of an error.
    longest: usize,
    leaves_out: bool,
    /// The element that is being cut is too long.
    left_out: bool,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::within(SNAPSHOT)
    }
}

impl Splitter {
    /// Creates a splitter for the answer to a read.
    pub fn of_answer() -> Self {
        Self::within(ANSWER)
    }

    fn within(within: &'static [&'static str]) -> Self {
        Self {
            within,
            text: StringState::Outside,
            open: Vec::new(),
            cutting: false,
            depth: 0,
            list: SnapshotList::Other,
            key: Vec::new(),
            keys: Vec::new(),
            skeleton: Vec::new(),
            carry: Vec::new(),
            unknown: Vec::new(),
            in_unknown: false,
            strays: 0,
            in_stray: false,
            longest: ELEMENT_LIMIT,
            leaves_out: false,
            left_out: false,
        }
    }

    /// Leaves elements of more than `longest` bytes out, and holds no more of one than that. Without it, one of more than
    /// 64 MiB is an error.
    #[must_use]
    pub fn leaving_out_over(self, longest: usize) -> Self {
        Self { longest, leaves_out: true, ..self }
    }

    /// Takes the record's next bytes and hands out each element that has come whole.
    ///
    /// # Errors
    /// If what comes is no snapshot; nothing after it can be trusted.
    pub fn feed(&mut self, bytes: &[u8], take: &mut impl ElementSink) -> Result<(), SplitError> {
        let text = text_of(bytes);
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            at += if !self.cutting {
                self.in_skeleton(rest)?
            } else if let Some(used) = self.in_front(text.get(at..), take) {
                used
            } else {
                self.in_element(rest, take)?
            };
        }
        Ok(())
    }

    /// The lists that this build does not know, as far as they have come, without those that are empty.
    pub fn unknown_lists(&self) -> impl Iterator<Item = &UnknownList> {
        self.unknown.iter().filter(|list| list.entries > 0)
    }

    /// Number of list values so far that were not objects.
    pub fn strays(&self) -> u64 {
        self.strays
    }

    /// The record without its elements, once it has ended.
    ///
    /// # Errors
    /// If it ended inside something.
    pub fn finish(self) -> Result<Vec<u8>, SplitError> {
        let ended = self.text == StringState::Outside && self.open.is_empty() && !self.cutting;
        if ended { Ok(self.skeleton) } else { Err(SplitError::Unbalanced) }
    }

    /// The element that begins here, if it can be read without being cut out first.
    fn in_front(&mut self, text: Option<&str>, take: &mut impl ElementSink) -> Option<usize> {
        let begins = self.depth == 0 && self.carry.is_empty();
        let used = take.front(self.list, text.filter(|_| begins)?).filter(|used| *used > 0)?;
        self.cutting = false;
        Some(used)
    }

    fn in_element(&mut self, bytes: &[u8], take: &mut impl ElementSink) -> Result<usize, SplitError> {
        let end = self.scan(bytes);
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        self.left_out |= self.carry.len() + part.len() > self.longest;
        if self.left_out && !self.leaves_out {
            return Err(SplitError::ElementTooLarge);
        }
        self.cutting = end.is_none();
        if self.left_out {
            self.carry = Vec::new();
            self.left_out = self.cutting;
            return Ok(part.len());
        }
        if self.carry.is_empty() && end.is_some() {
            take.whole(self.list, part);
            return Ok(part.len());
        }
        self.carry.extend_from_slice(part);
        if end.is_some() {
            take.whole(self.list, &self.carry);
            self.carry.clear();
            self.carry.shrink_to(CARRY_KEPT);
        }
        Ok(part.len())
    }

    /// Where the element ends, if it does within these bytes. No byte is looked at twice.
    fn scan(&mut self, bytes: &[u8]) -> Option<usize> {
        let (mut text, mut depth, mut at) = (self.text, self.depth, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match text {
                StringState::Inside => match memchr2(b'"', b'\\', rest) {
                    None => break,
                    Some(found) => {
                        text = if rest.get(found) == Some(&b'"') { StringState::Outside } else { StringState::Escaped };
                        at += found + 1;
                    }
                },
                StringState::Escaped => {
                    text = StringState::Inside;
                    at += 1;
                }
                StringState::Outside => {
                    match rest.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']')) {
                        None => break,
                        Some(found) => {
                            at += found + 1;
                            match rest.get(found) {
                                Some(b'"') => text = StringState::Inside,
                                Some(b'{' | b'[') => depth += 1,
                                _ => depth -= 1,
                            }
                            if depth == 0 {
                                (self.text, self.depth) = (text, depth);
                                return Some(at);
                            }
                        }
                    }
                }
            }
        }
        (self.text, self.depth) = (text, depth);
        None
    }

    /// Goes on until an element begins; that first bracket is the element's.
    fn in_skeleton(&mut self, bytes: &[u8]) -> Result<usize, SplitError> {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.text == StringState::Outside && self.in_list() && matches!(byte, b'{' | b'[') {
                self.cutting = true;
                if let Some(unknown) = self.unknown.last_mut().filter(|_| self.in_unknown) {
                    unknown.entries += 1;
                }
                return Ok(at);
            }
            self.skeleton_byte(byte)?;
        }
        Ok(bytes.len())
    }

    fn in_list(&self) -> bool {
        self.open.len() == self.within.len() + LIST_DEPTH && self.open.last() == Some(&true)
    }

    fn skeleton_byte(&mut self, byte: u8) -> Result<(), SplitError> {
        let between_elements = self.in_list() && (self.text != StringState::Outside || byte != b']');
        if between_elements {
            self.stray_byte(byte);
        }
        match (self.text, byte) {
            (StringState::Escaped, _) => {
                self.text = StringState::Inside;
                self.key_byte(byte);
            }
            (StringState::Inside, b'\\') => self.text = StringState::Escaped,
            (StringState::Inside, b'"') => self.text = StringState::Outside,
            (StringState::Inside, _) => self.key_byte(byte),
            (StringState::Outside, b'"') => {
                self.text = StringState::Inside;
                self.key.clear();
            }
            (StringState::Outside, b'{' | b'[') => self.open_bracket(byte == b'['),
            (StringState::Outside, b'}' | b']') => self.close_bracket(byte == b']')?,
            (StringState::Outside, _) => {}
        }
        if !between_elements {
            self.skeleton.push(byte);
        }
        if self.skeleton.len() > SKELETON_LIMIT { Err(SplitError::SkeletonTooLarge) } else { Ok(()) }
    }

    /// A text in a list is no key, and may be long.
    fn key_byte(&mut self, byte: u8) {
        if !self.in_list() {
            self.key.push(byte);
        }
    }

    /// A value between elements is no element, and is left out: it is counted where it begins.
    fn stray_byte(&mut self, byte: u8) {
        let is_stray = self.text != StringState::Outside || !matches!(byte, b',' | b' ' | b'\t' | b'\r' | b'\n');
        self.strays += u64::from(is_stray && !self.in_stray);
        self.in_stray = is_stray;
    }

    fn open_bracket(&mut self, list: bool) {
        self.open.push(list);
        self.keys.push(std::mem::take(&mut self.key));
        if self.in_list() {
            let reported = self.keys.get(1..=self.within.len()).unwrap_or_default();
            let is_reported = reported.iter().zip(self.within).all(|(key, name)| key == name.as_bytes());
            self.list = self
                .keys
                .last()
                .filter(|_| is_reported)
                .map_or(SnapshotList::Other, |name| SnapshotList::from_name(name));
            self.in_stray = false;
            self.in_unknown = self.list == SnapshotList::Other && is_reported && self.unknown.len() < UNKNOWN_LISTS;
            if self.in_unknown {
                let key = |back: usize| {
                    self.keys.iter().rev().nth(back).map_or_else(String::new, |key| decode_lossy(key).into_owned())
                };
                self.unknown.push(UnknownList { within: key(1), name: key(0), entries: 0 });
            }
        }
    }

    fn close_bracket(&mut self, list: bool) -> Result<(), SplitError> {
        self.keys.pop();
        if self.open.pop() == Some(list) { Ok(()) } else { Err(SplitError::Unbalanced) }
    }
}

/// The bytes as far as they are text.
fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_else(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        std::str::from_utf8(valid).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOT: &str = r#"{"type":"SUBSCRIBED","subscribed":{"get_state":{"get_tasks":{"tasks":[{"a":"]}\"{"},{"b":[[]]} , {}],"unreachable_tasks":[]},"get_agents":{"agents":[{"é":1}],"news":[{"x":"\\"}]}},"heartbeat_interval_seconds":15.0}}"#;

    type Cut = (Vec<(SnapshotList, String)>, Result<String, SplitError>);

    fn cut(chunks: &[&[u8]]) -> Cut {
        let (mut cutter, mut elements) = (Splitter::default(), Vec::new());
        for chunk in chunks {
            if let Err(error) = cutter.feed(chunk, &mut |list: SnapshotList, json: &[u8]| {
                elements.push((list, String::from_utf8_lossy(json).into_owned()))
            }) {
                return (elements, Err(error));
            }
        }
        (elements, cutter.finish().map(|skeleton| String::from_utf8_lossy(&skeleton).into_owned()))
    }

    #[test]
    fn elements_and_skeleton_at_every_cut() {
        let whole = cut(&[SNAPSHOT.as_bytes()]);
        let expected = [
            (SnapshotList::Tasks, r#"{"a":"]}\"{"}"#),
            (SnapshotList::Tasks, r#"{"b":[[]]}"#),
            (SnapshotList::Tasks, "{}"),
            (SnapshotList::Agents, r#"{"é":1}"#),
            (SnapshotList::Other, r#"{"x":"\\"}"#),
        ];
        assert_eq!(whole.0, expected.map(|(list, json)| (list, json.to_owned())));
        let skeleton = r#"{"type":"SUBSCRIBED","subscribed":{"get_state":{"get_tasks":{"tasks":[],"unreachable_tasks":[]},"get_agents":{"agents":[],"news":[]}},"heartbeat_interval_seconds":15.0}}"#;
        assert_eq!(whole.1.as_deref(), Ok(skeleton));
        for at in 0..=SNAPSHOT.len() {
            let (head, tail) = SNAPSHOT.as_bytes().split_at(at);
            assert_eq!(cut(&[head, tail]), whole, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = SNAPSHOT.as_bytes().chunks(1).collect();
        assert_eq!(cut(&bytes), whole);
    }

    #[test]
    fn unknown_lists_and_what_is_no_object_are_counted_at_every_cut() {
        let json = r#"{"subscribed":{"get_state":{"get_tasks":{"tasks":[1, {"a":1},"x,[{]",null,[2] , -5e3],"pending_foo":[{},[1]],"empty":[]}}}}"#;
        let counted = |chunks: &[&[u8]]| {
            let mut cutter = Splitter::default();
            let mut found = 0;
            for chunk in chunks {
                cutter.feed(chunk, &mut |_: SnapshotList, _: &[u8]| found += 1).expect("it can be cut");
            }
            let unknown: Vec<UnknownList> = cutter.unknown_lists().cloned().collect();
            (found, cutter.strays(), unknown, cutter.finish().is_ok())
        };
        let list = UnknownList { within: "get_tasks".into(), name: "pending_foo".into(), entries: 2 };
        for at in 0..=json.len() {
            let (head, tail) = json.as_bytes().split_at(at);
            assert_eq!(counted(&[head, tail]), (4, 4, vec![list.clone()], true), "cut at {at}");
        }
    }

    #[test]
    fn long_elements_are_left_out_at_every_cut() {
        let json = br#"{"get_agents":{"agents":[{"a":1},{"b":"]}","c":[[2]]},[3],{"d":4}]}}"#;
        for at in 0..=json.len() {
            let (mut cutter, mut elements) = (Splitter::of_answer().leaving_out_over(7), Vec::new());
            let (head, tail) = json.split_at(at);
            for chunk in [head, tail] {
                let mut take = |_: SnapshotList, json: &[u8]| elements.push(String::from_utf8_lossy(json).into_owned());
                assert_eq!(cutter.feed(chunk, &mut take), Ok(()), "cut at {at}");
            }
            assert_eq!(elements, [r#"{"a":1}"#, "[3]", r#"{"d":4}"#], "cut at {at}");
            assert_eq!(cutter.finish(), Ok(br#"{"get_agents":{"agents":[]}}"#.to_vec()), "cut at {at}");
        }
    }

    #[test]
    fn another_record_is_all_skeleton() {
        let heartbeat = r#"{"type":"HEARTBEAT"}"#;
        assert_eq!(cut(&[heartbeat.as_bytes()]), (vec![], Ok(heartbeat.to_owned())));
    }

    #[test]
    fn what_is_no_snapshot() {
        assert_eq!(cut(&[b"}"]).1, Err(SplitError::Unbalanced));
        assert_eq!(cut(&[b"[}"]).1, Err(SplitError::Unbalanced));
        assert_eq!(cut(&[b"{\"a"]).1, Err(SplitError::Unbalanced));
        assert_eq!(cut(&[b"{\"", &vec![b'a'; SKELETON_LIMIT]]).1.err(), Some(SplitError::SkeletonTooLarge));
    }
}
