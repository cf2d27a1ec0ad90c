//! What a real Mesos answered, judged as the page and the worker judge it: each answer is one, and each refusal is Mesos' own.

use std::path::Path;

use mesoscope_core::mesos::calls::answer::{CallError, Content, Expected, ResponseHead};
use mesoscope_core::mesos::calls::read_call::ReadCall;
use mesoscope_core::mesos::wire::encoded::WireEncoding;

struct Exchange {
    name: String,
    call: String,
    head: ResponseHead,
    body: Vec<u8>,
}

/// The exchanges with the operator API that are recorded whole, as JSON.
fn exchanges() -> Vec<Exchange> {
    let mut all = Vec::new();
    collect(&mesoscope_tests::data("recorded"), &mut all);
    all
}

fn collect(folder: &Path, all: &mut Vec<Exchange>) {
    for entry in std::fs::read_dir(folder).expect("the recordings can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, all);
        } else if path.extension().is_some_and(|end| end == "txt") {
            all.extend(read(&path));
        }
    }
}

fn read(path: &Path) -> Option<Exchange> {
    let bytes = std::fs::read(path).expect("a recording can be read");
    let marker = b"<<< RESPONSE (raw bytes)\n";
    let at = bytes.windows(marker.len()).position(|part| part == marker)?;
    let request = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let response = &bytes[at + marker.len()..];
    let end = response.windows(4).position(|part| part == b"\r\n\r\n")?;
    let lines = String::from_utf8_lossy(&response[..end]).into_owned();
    let header = |name: &str| {
        let of = |line: &str| {
            Some(line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name))?.1.trim().to_owned())
        };
        lines.lines().find_map(of)
    };
    let length: usize = header("content-length")?.parse().expect("a length");
    let kind = header("content-type");
    let is_json_api = request.contains("/api/v1 HTTP") && header("content-encoding").is_none();
    let is_protobuf = kind.as_deref() == Some("application/x-protobuf");
    let status = lines.split(' ').nth(1)?.parse().expect("a status");
    // A HEAD has no body to judge, and a standby's redirect is no answer.
    if !is_json_api || is_protobuf || request.contains("HEAD /") || status == 307 {
        return None;
    }
    let body = response[end + 4..].get(..length)?.to_vec();
    let call = request.split("\"type\"").nth(1)?.split('"').nth(1)?.to_owned();
    let head = ResponseHead {
        status,
        content_type: kind,
        has_challenge: header("www-authenticate").is_some(),
        ..ResponseHead::default()
    };
    Some(Exchange { name: path.display().to_string(), call, head, body })
}

#[test]
fn each_recorded_answer_is_one_and_each_refusal_mesos_own() {
    let (mut answers, mut changes, mut refusals) = (0, 0, 0);
    for Exchange { name, call, head, body } in exchanges() {
        let reads = ReadCall::parse(format!("{{\"type\":\"{call}\"}}").as_bytes()).is_ok();
        let content = if reads { Content::Object } else { Content::Nothing };
        // WAIT_CONTAINER and the like are answered by an object, too.
        let content = if body.starts_with(b"{") { Content::Object } else { content };
        let expected = Expected {
            call: Box::leak(call.into_boxed_str()),
            content,
            longest: 1 << 30,
            may_lack_key: false,
            parts: &[],
            accept: WireEncoding::Json,
        };
        match (head.status, head.judge(&expected, &body)) {
            (200 | 202, Ok(())) if content == Content::Nothing => changes += 1,
            (200, Ok(())) => answers += 1,
            (400.., Err(CallError::Refused(refusal))) if refusal.status == head.status => refusals += 1,
            (_, judged) => panic!("{name}: {judged:?}"),
        }
    }
    assert!(answers > 50 && changes > 50 && refusals > 50, "{answers} {changes} {refusals}");
}
