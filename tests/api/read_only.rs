//! Whatever is taken for a call that reads is one for Mesos too: held against a reader that is as lenient as Mesos, and more so.

use std::fs;

use mesoscope_core::mesos::calls::read_call::ReadCall;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::{AGENT_CALLS, MASTER_CALLS, files, is_read, name};

/// How far a reader goes to make sense of an object.
#[derive(Clone, Copy, Debug)]
struct Leniency {
    /// Names and types end at their first NUL.
    ends_at_nul: bool,
    /// Of equal names the last one counts, else the first.
    last_counts: bool,
    /// `getState`, `TYPE` and ` type` are names, too.
    folds_names: bool,
}

const CASES: usize = 20_000;

fn all_leniencies() -> impl Iterator<Item = Leniency> {
    let bits = [false, true];
    bits.into_iter().flat_map(move |ends_at_nul| {
        bits.into_iter().flat_map(move |last_counts| {
            bits.into_iter().map(move |folds_names| Leniency { ends_at_nul, last_counts, folds_names })
        })
    })
}

impl Leniency {
    fn name(self, text: &str) -> String {
        let text = if self.ends_at_nul { text.split('\0').next().unwrap_or_default() } else { text };
        if self.folds_names {
            return text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        }
        text.to_owned()
    }

    /// The type that it sees in a body, if any, and the names of all fields beside it.
    fn understands(self, body: &[u8]) -> (Option<String>, Vec<String>) {
        let fields = Lenient(body).object().unwrap_or_default();
        let fields: Vec<_> = fields.into_iter().map(|(key, value)| (self.name(&key), value)).collect();
        let mut types = fields.iter().filter(|(key, _)| key == "type").map(|(_, value)| value);
        let kind = if self.last_counts { types.next_back() } else { types.next() };
        let kind = kind.cloned().flatten().map(|kind| self.name(&kind));
        (kind, fields.into_iter().map(|(key, _)| key).filter(|key| key != "type").collect())
    }

    fn sees_a_write(self, body: &[u8]) -> bool {
        let (kind, fields) = self.understands(body);
        let writes =
            || MASTER_CALLS.split_whitespace().chain(AGENT_CALLS.split_whitespace()).filter(|name| !is_read(name));
        let named =
            |text: &str| writes().any(|write| self.name(write) == text || self.name(&write.to_lowercase()) == text);
        kind.is_some_and(|kind| named(&kind)) || fields.iter().any(|field| named(field))
    }
}

/// Reads an object out of nearly anything: stray commas, raw control characters, bad UTF-8, marks before and text after.
struct Lenient<'a>(&'a [u8]);

impl Lenient<'_> {
    /// Its fields in their order, each with its value if that is a text.
    fn object(&mut self) -> Option<Vec<(String, Option<String>)>> {
        self.0 = self.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.0);
        self.take(b'{').then_some(())?;
        let mut fields = Vec::new();
        while !self.0.is_empty() && !self.take(b'}') {
            if self.take(b',') {
                continue;
            }
            let Some(key) = self.text() else { break };
            self.take(b':');
            fields.push((key, self.value()));
        }
        Some(fields)
    }

    fn take(&mut self, byte: u8) -> bool {
        self.0 = self.0.trim_ascii_start();
        let rest = self.0.strip_prefix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn value(&mut self) -> Option<String> {
        if let Some(text) = self.text() {
            return Some(text);
        }
        let mut depth = 0_usize;
        while let Some(&byte) = self.0.first() {
            match byte {
                b'"' => drop(self.text()),
                b',' | b'}' | b']' if depth == 0 => break,
                _ => {
                    depth += usize::from(matches!(byte, b'{' | b'['));
                    depth -= usize::from(matches!(byte, b'}' | b']'));
                    self.0 = &self.0[1..];
                }
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        self.take(b'"').then_some(())?;
        let mut text = Vec::new();
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            match byte {
                b'"' => break,
                b'\\' => self.escaped(&mut text),
                _ => text.push(byte),
            }
        }
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    fn escaped(&mut self, text: &mut Vec<u8>) {
        let Some((&byte, rest)) = self.0.split_first() else { return };
        self.0 = rest;
        let digits = rest.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| byte == b'u').and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(code) = code else { return text.push(byte) };
        self.0 = &rest[4..];
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Keys as a call has them, or nearly.
const KEYS: [&str; 23] = [
    "type",
    "type",
    "type",
    "type\\u0000",
    "type\\u0000\\u0000",
    "type\\u0000x",
    "\\u0000type",
    "Type",
    "TYPE",
    "t\\u0079pe",
    "ty\\pe",
    " type",
    "type\t",
    "launch_container",
    "launchContainer",
    "teardown",
    "read_file",
    "readFile",
    "read_file\\u0000",
    "get_metrics",
    "list_files",
    "x",
    "",
];

/// Values as a call has them, or nearly.
const VALUES: [&str; 21] = [
    r#""GET_STATE""#,
    r#""GET_STATE""#,
    r#""SUBSCRIBE""#,
    r#""READ_FILE""#,
    r#""GET_\u0053TATE""#,
    r#""GET_STATE\u0000""#,
    r#""TEARDOWN""#,
    r#""LAUNCH_CONTAINER""#,
    r#""TEARDOWN\u0000GET_STATE""#,
    r#""GET_METRICS""#,
    r#""LIST_FILES""#,
    "{}",
    r#"{"path":"/","offset":0}"#,
    r#"{"path":"/"}"#,
    r#"{"path":"/","type":"TEARDOWN"}"#,
    "null",
    "7",
    "[]",
    "true",
    r#"["TEARDOWN"]"#,
    "{\"a\":\"}\",\"type\":\"TEARDOWN\"}",
];

/// Bodies that are nearly calls: some read, some write, most are both to a user.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let (keys, values) = (select(&KEYS[..]), select(&VALUES[..]));
    let around = select(vec!["", "", "", " ", "\n", ",", "\u{feff}", "\0", "//", "{\"type\":\"TEARDOWN\"}"]);
    let field = (keys, values).prop_map(|(key, value)| format!("\"{key}\":{value}"));
    let first = select(vec![
        r#""type":"GET_STATE""#.to_owned(),
        r#""type":"READ_FILE""#.to_owned(),
        r#""read_file":{"path":"/","offset":0}"#.to_owned(),
    ]);
    let fields = (first, vec(field, 0..3), any::<bool>()).prop_map(|(first, mut others, is_last)| {
        others.insert(if is_last { others.len() } else { 0 }, first);
        others.join(",")
    });
    let body = (around.clone(), fields, around);
    let body = body.prop_map(|(before, fields, after)| format!("{before}{{{fields}}}{after}").into_bytes());
    (body, proptest::option::weighted(0.2, (any::<proptest::sample::Index>(), any::<u8>()))).prop_map(
        |(mut body, noise)| {
            if let Some((at, byte)) = noise {
                let at = at.index(body.len());
                body[at] = byte;
            }
            body
        },
    )
}

#[test]
fn nothing_that_is_taken_for_a_read_is_a_write_to_a_lenient_reader() {
    let (mut runner, bodies, mut taken) = (TestRunner::deterministic(), bodies(), 0);
    for _ in 0..CASES {
        let body = bodies.new_tree(&mut runner).expect("there is always a body").current();
        let Ok(call) = ReadCall::parse(&body) else { continue };
        let (sent, shown) = (call.body(), String::from_utf8_lossy(&body));
        taken += 1;
        for leniency in all_leniencies() {
            assert!(
                !leniency.sees_a_write(&sent),
                "{leniency:?} {shown:?} is sent as {:?}",
                String::from_utf8_lossy(&sent)
            );
            assert!(!leniency.sees_a_write(&body), "{leniency:?} {shown:?}");
        }
        assert_eq!(ReadCall::parse(&sent), Ok(call), "{shown:?} is printed as another call");
    }
    assert!(taken > CASES / 50, "only {taken} bodies were taken, which proves little");
}

#[test]
fn the_lenient_reader_sees_what_mesos_sees() {
    let sees = |ends_at_nul, last_counts, folds_names, body: &str| {
        Leniency { ends_at_nul, last_counts, folds_names }.understands(body.as_bytes()).0
    };
    let hidden = r#"{"type":"GET_VERSION","type\u0000":"LAUNCH_CONTAINER","launch_container":{}}"#;
    assert_eq!(sees(true, true, false, hidden).as_deref(), Some("LAUNCH_CONTAINER"));
    assert_eq!(sees(true, false, false, hidden).as_deref(), Some("GET_VERSION"));
    assert_eq!(sees(false, true, false, hidden).as_deref(), Some("GET_VERSION"));
    assert_eq!(sees(false, true, true, r#"{"a":["}"],"TYPE":"get_state"}"#).as_deref(), Some("getstate"));
    assert!(
        Leniency { ends_at_nul: false, last_counts: false, folds_names: true }
            .sees_a_write(br#"{"launchContainer":{}}"#)
    );
}

/// The official page's own requests are what scripts send.
#[test]
fn the_reads_of_the_examples_are_taken() {
    let mut taken = 0;
    for path in files("examples").filter(|path| name(path).contains(".request.")) {
        let call = name(&path).split('.').next().expect("a name has a part");
        let parsed = ReadCall::parse(&fs::read(&path).expect("the example is there"));
        assert_eq!(parsed.is_ok(), is_read(call), "{}: {parsed:?}", path.display());
        taken += usize::from(parsed.is_ok());
    }
    assert!(taken > 20, "only {taken} examples read");
}
