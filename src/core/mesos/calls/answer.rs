//! Tells an answer of Mesos from one of something on the way to it: a login page, a redirect, a proxy's error.
//! Reads no answer's content; that is `reply`'s.
//!
//! Mesos answers in few ways (PROTOCOL.md, "Answers", "Refusals"): a read by 200 with `application/json`; a write by 200, or 202, with an
//! empty body and no content type; a refusal by plain text. It has no 201, 204, 502 or 504, and redirects by 307 to the leader alone.

use crate::mesos::calls::LONGEST_REFUSAL;
use serde::{Deserialize, Serialize};

use super::{
    AnswerPart, Call, GATEWAY_HEADER, OUTCOME_HEADER, OUTCOME_NOT_SENT, OUTCOME_REDIRECT, OUTCOME_UNKNOWN,
    RECORDS_CONTENT_TYPE, Refusal, check_parts, content, html, refusal,
};
use crate::mesos::error_text::{is_reason_alone, is_unavailable};
use crate::mesos::wire;
use crate::mesos::wire::encoded::WireEncoding;
use crate::mesos::wire::fault::AnswerFault;

/// The head of an HTTP answer, as far as a browser shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The HTTP status; 0 for a redirect that was not followed.
    pub status: u16,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// The answer is a redirect that was not followed. A browser shows nothing else of it.
    pub is_redirect: bool,
    /// Whether the gateway vouches for the answer, by `GATEWAY_HEADER`.
    pub by_gateway: bool,
    /// The value of `OUTCOME_HEADER`, by which the gateway speaks.
    pub outcome: Option<String>,
    /// Server of the page. Probe it where `needs_front` says so.
    pub front: PageServer,
    /// Whether it asks for something that can be typed into a form, as `asks_for_words` says. Each 401 of Mesos does.
    pub has_challenge: bool,
}

/// Server of the page, and so of the API, as a request for the page shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageServer {
    /// Nobody asked for the page, or no answer came.
    #[default]
    Unknown,
    /// The gateway, which redirects nothing and vouches for each answer.
    Gateway,
    /// A server other than the gateway, as a master.
    Other,
    /// A redirect to elsewhere: the page is not served without signing in first.
    Redirect,
}

impl PageServer {
    /// Derives the server of a page from the head of its answer.
    pub fn of(page: &ResponseHead) -> Self {
        match page {
            ResponseHead { is_redirect: true, .. } => Self::Redirect,
            ResponseHead { by_gateway: true, .. } => Self::Gateway,
            ResponseHead { status: 200..300, .. } => Self::Other,
            ResponseHead { .. } => Self::Unknown,
        }
    }
}

/// Expected answer of Mesos to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The call's type, as `GET_AGENTS`.
    pub call: &'static str,
    /// Kind of the body.
    pub content: Content,
    /// The longest body that is read, in bytes.
    pub longest: u64,
    /// Whether an empty answer lacks its key.
    pub may_lack_key: bool,
    /// Parts of the answer without which it says nothing.
    pub parts: &'static [AnswerPart],
    /// Encoding that is asked for. An answer in JSON is as good.
    pub accept: WireEncoding,
}

impl Expected {
    /// The expectation of an answer in that encoding, or in JSON.
    #[must_use]
    pub fn in_encoding(self, accept: WireEncoding) -> Self {
        Self { accept, ..self }
    }

    /// Whether an answer may have that content type, which has no parameters.
    fn takes_content_type(&self, kind: &str) -> bool {
        [WireEncoding::Json, self.accept].iter().any(|encoding| encoding.content_type() == kind)
    }

    /// Whether a body has what an answer to that call has: an object under the call's key, with its parts.
    ///
    /// # Errors
    /// If it has not, and so does not say that nothing is there.
    pub fn check_content(&self, body: &str) -> Result<(), AnswerFault> {
        let content = content(body, self.call, self.may_lack_key)?;
        content.map_or(Ok(()), |content| check_parts(content, self.parts))
    }
}

/// Kind of an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing: the call changes something.
    Nothing,
    /// Nothing, with 202: a scheduler's call. No proxy answers so by itself, unlike with an empty 200, so that nothing else must vouch for
    /// it.
    Accepted,
    /// One JSON object, which names the call's type.
    Object,
    /// Records that come as long as the connection lasts.
    Records,
}

/// The answer that the call expects.
pub fn expected<C: Call>(call: &C) -> Expected {
    let content = match C::TYPE {
        super::subscribe::Subscribe::TYPE | super::session::AttachContainerOutput::TYPE => Content::Records,
        _ if C::READS => Content::Object,
        _ => Content::Nothing,
    };
    let (may_lack_key, accept) = (C::MAY_LACK_KEY, WireEncoding::Json);
    Expected { call: C::TYPE, content, longest: call.longest_answer(), may_lack_key, parts: C::PARTS, accept }
}

/// Why a call has no answer of Mesos that it could be content with. `text` has the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CallError {
    /// Mesos said no. Nothing was done.
    Refused(Refusal),
    /// The gateway said no, in its own words. Nothing was sent to Mesos.
    NotSent(Refusal),
    /// A proxy between the page and Mesos answered in its place. Nothing was done.
    Intercepted(Intercepted),
    /// A master that does not lead redirects to the one that does, where a browser may not follow. Nothing was done.
    Standby,
    /// The gateway passed the call on, and has no answer to it, in its own words: the outcome is unknown.
    Unclear(Refusal),
    /// What answered is not Mesos, and may have passed the call on: the outcome is unknown.
    NotMesos {
        /// HTTP status.
        status: u16,
        /// What it said, as text; empty if it said nothing.
        words: String,
    },
    /// The answer to that call is longer than any of its kind: this many bytes were read.
    TooLong(String, u64),
}

/// A proxy's answer in Mesos' place; the call was not passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intercepted {
    /// The HTTP status; 0 if the browser shows none.
    pub status: u16,
    /// The title of the web page that it sent, or its plain words, as text; empty if it sent none.
    pub title: String,
    /// Whether to sign in again is what helps: a sign-on proxy's session has most likely expired.
    pub signs_in: bool,
}

impl ResponseHead {
    /// The head of an answer with that status. `header` gives the value of a header by its name, in lower case.
    pub fn read(status: u16, is_redirect: bool, header: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            status,
            content_type: header("content-type"),
            is_redirect,
            by_gateway: header(GATEWAY_HEADER).is_some(),
            outcome: header(OUTCOME_HEADER),
            has_challenge: header("www-authenticate").is_some_and(|challenge| asks_for_credentials(&challenge)),
            front: PageServer::Unknown,
        }
    }

    /// Whether the head is judged rightly only once `front` is known: a redirect, or a change that the gateway does not vouch for.
    pub fn needs_front(&self, expected: &Expected) -> bool {
        let is_change = expected.content == Content::Nothing && self.promises(expected);
        self.is_redirect || is_change && !self.by_gateway
    }

    /// Most bytes of the body to read: the limit for its kind of answer, or for a refusal.
    pub fn longest(&self, expected: &Expected) -> u64 {
        if self.promises(expected) { expected.longest } else { LONGEST_REFUSAL }
    }

    /// Whether what the head says is what Mesos says before such an answer. The body may still be another's.
    pub fn promises(&self, expected: &Expected) -> bool {
        let kind = self.kind();
        match expected.content {
            Content::Nothing => matches!(self.status, 200 | 202) && kind.is_none(),
            Content::Accepted => self.status == 202 && kind.is_none(),
            // A proxy may have dropped the type; what the body is, its reader sees.
            Content::Object => {
                self.status == 200 && kind.as_deref().is_none_or(|kind| expected.takes_content_type(kind))
            }
            Content::Records => {
                let is_taken = |kind: &str| kind == RECORDS_CONTENT_TYPE || expected.takes_content_type(kind);
                self.status == 200 && kind.as_deref().is_none_or(is_taken)
            }
        }
    }

    /// The content type in lower case, without its parameters; `None` if there is none, or an empty one.
    fn kind(&self) -> Option<String> {
        let kind = self.content_type.as_deref()?.split(';').next()?.trim().to_ascii_lowercase();
        (!kind.is_empty()).then_some(kind)
    }

    /// Whether the answer is Mesos' answer to that call. The body is whole, or cut at `longest`; of a stream of records it is
    /// what has come so far.
    ///
    /// # Errors
    /// Who answered instead, and what that means for the call.
    pub fn judge(&self, expected: &Expected, body: &[u8]) -> Result<(), CallError> {
        if self.is_redirect || matches!(self.status, 300..400) {
            let is_standby = self.front == PageServer::Other;
            return Err(if is_standby { CallError::Standby } else { intercepted(0, String::new(), true) });
        }
        let kind = self.kind();
        let is_page = html::is_page(kind.as_deref(), body);
        if self.promises(expected) && !is_page {
            return self.is_answer(expected, body);
        }
        let said = refusal(self.status, body);
        match self.outcome.as_deref() {
            Some(OUTCOME_UNKNOWN) => return Err(CallError::Unclear(said)),
            Some(OUTCOME_NOT_SENT) => return Err(CallError::NotSent(said)),
            Some(OUTCOME_REDIRECT) => return Err(intercepted(0, said.words, true)),
            _ => {}
        }
        let words = refusal_text(self.status, kind.as_deref(), body);
        Err(match self.status {
            // Something may have given an empty answer of Mesos that type: that one is looked up.
            200..300 if is_page && !body.trim_ascii().is_empty() => intercepted(self.status, words, true),
            // Each 401 of Mesos names a scheme, which the form of this page can serve.
            401 if !self.has_challenge && kind.as_deref() != Some("text/plain") => {
                intercepted(self.status, words, true)
            }
            401 => CallError::Refused(Refusal { status: 401, words }),
            // 511 is a captive portal's.
            407 | 511 => intercepted(self.status, words, true),
            // A proxy that waited too long, whose request may have come through. Mesos has neither.
            408 | 499 => unlike(self.status, &words),
            400..500 if is_page => intercepted(self.status, words, false),
            400..500 => CallError::Refused(said),
            // A proxy says in plain words, too, that its way to the master broke.
            503 if is_unavailable(&said.words) => CallError::Refused(said),
            500 if !is_page && !is_reason_alone(&said.words) => CallError::Refused(said),
            501 if !is_page => CallError::Refused(said),
            _ => unlike(self.status, &words),
        })
    }

    /// A body behind a head that promises the right one.
    fn is_answer(&self, expected: &Expected, body: &[u8]) -> Result<(), CallError> {
        if body.len() as u64 > expected.longest {
            return Err(CallError::TooLong(expected.call.to_owned(), expected.longest));
        }
        let is_good = match expected.content {
            Content::Nothing | Content::Accepted => body.is_empty(),
            Content::Object => match body.first().copied().map_or(WireEncoding::Json, WireEncoding::of_first_byte) {
                WireEncoding::Protobuf if expected.accept == WireEncoding::Protobuf => {
                    wire::lists::protobuf_answer_kind(body) == expected.call
                }
                WireEncoding::Json | WireEncoding::Protobuf => names(expected.call, body),
            },
            // A record begins with its size.
            Content::Records => body.first().is_none_or(u8::is_ascii_digit),
        };
        let is_vouched_for = expected.content != Content::Nothing || self.by_gateway;
        match self.front {
            PageServer::Redirect if !is_vouched_for => Err(intercepted(self.status, String::new(), true)),
            PageServer::Gateway if !is_vouched_for => Err(unlike(self.status, "")),
            _ if is_good => Ok(()),
            _ if expected.content == Content::Records => Err(unlike(self.status, &refusal(self.status, body).words)),
            _ => Err(unlike(self.status, "")),
        }
    }
}

fn intercepted(status: u16, title: String, signs_in: bool) -> CallError {
    CallError::Intercepted(Intercepted { status, title, signs_in })
}

/// The words of a refusal, as text: of a web page no more than its title.
pub fn refusal_text(status: u16, content_type: Option<&str>, body: &[u8]) -> String {
    let kind = content_type.and_then(|kind| kind.split(';').next()).map(|kind| kind.trim().to_ascii_lowercase());
    match html::is_page(kind.as_deref(), body) {
        true => html::title(&String::from_utf8_lossy(body)),
        false => refusal(status, body).words,
    }
}

/// Whether a value of `WWW-Authenticate` names a scheme that takes a password or a token. A sign-on by the machine's
/// own account takes neither; no master answers that way, and a form would not help.
pub fn asks_for_credentials(challenge: &str) -> bool {
    const BY_MACHINE: [&str; 3] = ["negotiate", "ntlm", "kerberos"];
    let is_scheme = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    // One value may hold several challenges and their parameters, which have an `=` or quotes.
    let schemes = challenge.split(',').filter_map(|part| part.split_whitespace().next()).filter(is_scheme);
    schemes.map(str::to_ascii_lowercase).any(|scheme| !BY_MACHINE.contains(&scheme.as_str()))
}

/// Whether a body begins as a web page does, whatever its head says.
pub fn is_page(body: &[u8]) -> bool {
    html::is_page(None, body)
}

/// Whether the body is an object of that type. Mesos prints the type first, so that a long answer need not be read for it.
fn names(call: &str, body: &[u8]) -> bool {
    let begin = [&b"{"[..], b"\"type\"", b":", b"\""];
    let rest = begin.iter().try_fold(body, |rest, token| rest.trim_ascii_start().strip_prefix(*token));
    match rest {
        Some(rest) => rest.strip_prefix(call.as_bytes()).is_some_and(|rest| rest.starts_with(b"\"")),
        None => wire::event::kind(WireEncoding::Json, body) == call,
    }
}

fn unlike(status: u16, words: &str) -> CallError {
    CallError::NotMesos { status, words: words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::calls::files::{ReadFile, RegularFile};
    use crate::mesos::calls::process::GetFlags;
    use crate::mesos::calls::subscribe::Subscribe;
    use crate::mesos::calls::teardown::Teardown;

    #[test]
    fn the_front_is_what_answers_for_the_page() {
        let check = |status, is_redirect, gateway: Option<&str>, front| {
            let head = ResponseHead::read(status, is_redirect, |name| {
                gateway.filter(|_| name == GATEWAY_HEADER).map(str::to_owned)
            });
            assert_eq!(PageServer::of(&head), front);
        };
        check(0, true, None, PageServer::Redirect);
        check(200, false, Some("1"), PageServer::Gateway);
        check(404, false, Some("1"), PageServer::Gateway);
        check(200, false, None, PageServer::Other);
        check(502, false, None, PageServer::Unknown);
    }

    const PAGE: &str = "<!doctype html><html><title>Sign in</title><body>login</body></html>";
    const JSON: Option<&str> = Some("application/json");
    const TEXT: Option<&str> = Some("text/plain; charset=utf-8");
    const HTML: Option<&str> = Some("text/html; charset=utf-8");

    fn head(status: u16, content_type: Option<&str>) -> ResponseHead {
        ResponseHead { status, content_type: content_type.map(str::to_owned), ..ResponseHead::default() }
    }

    fn change() -> Expected {
        expected(&Teardown { framework_id: crate::base::ids::FrameworkId::from("f").into() })
    }

    /// In a word: `done`, or who answered instead.
    fn word(result: Result<(), CallError>) -> &'static str {
        match result {
            Ok(()) => "done",
            Err(CallError::Refused(_)) => "refused",
            Err(CallError::NotSent(_)) => "not sent",
            Err(CallError::Intercepted(Intercepted { signs_in: true, .. })) => "expired",
            Err(CallError::Intercepted(_)) => "barred",
            Err(CallError::Standby) => "standby",
            Err(CallError::Unclear(_) | CallError::NotMesos { .. }) => "unclear",
            Err(CallError::TooLong(..)) => "too long",
        }
    }

    #[test]
    fn a_change_is_done_only_if_mesos_says_so() {
        for (status, kind, body, expected) in [
            (200, None, "", "done"),
            (202, None, "", "done"),
            (200, Some(""), "", "done"),
            (200, HTML, PAGE, "expired"),
            (202, HTML, PAGE, "expired"),
            (201, HTML, PAGE, "expired"),
            (200, None, PAGE, "expired"),
            (200, JSON, PAGE, "expired"),
            // A proxy that gives each answer a type, or none: it is looked up.
            (200, HTML, "", "unclear"),
            (200, TEXT, "", "unclear"),
            (200, JSON, "", "unclear"),
            (200, JSON, "{}", "unclear"),
            (200, TEXT, "OK", "unclear"),
            (200, None, "OK", "unclear"),
            (200, None, "\n", "unclear"),
            (201, None, "", "unclear"),
            (204, None, "", "unclear"),
            (206, None, "", "unclear"),
            (302, None, "", "expired"),
            (304, None, "", "expired"),
            (400, TEXT, "Unknown agent", "refused"),
            (403, TEXT, "403 Forbidden.", "refused"),
            (409, TEXT, "Agent is currently being marked gone", "refused"),
            (403, HTML, PAGE, "barred"),
            (404, HTML, PAGE, "barred"),
            (407, None, "", "expired"),
            (511, HTML, PAGE, "expired"),
            (401, JSON, "{}", "expired"),
            (401, HTML, PAGE, "expired"),
            (401, TEXT, "401 Unauthorized.", "refused"),
            (500, TEXT, "Failed to apply", "refused"),
            (503, TEXT, "Master has not finished recovery", "refused"),
            (503, TEXT, "Agent 1-S0 is already being transitioned to gone", "refused"),
            // A proxy may have passed it on before it gave up.
            (503, TEXT, "upstream connect error or disconnect/reset before headers. reset reason: overflow", "unclear"),
            (503, TEXT, "no healthy upstream", "unclear"),
            (503, None, "", "unclear"),
            (503, JSON, r#"{"message":"Service Unavailable"}"#, "unclear"),
            (500, TEXT, "Internal Server Error", "unclear"),
            (500, None, "", "unclear"),
            (501, TEXT, "501 Not Implemented.", "refused"),
            (408, TEXT, "Request Timeout", "unclear"),
            (408, HTML, PAGE, "unclear"),
            (499, None, "", "unclear"),
            (500, HTML, PAGE, "unclear"),
            (502, HTML, PAGE, "unclear"),
            (502, TEXT, "Bad Gateway", "unclear"),
            (503, HTML, PAGE, "unclear"),
            (504, None, "", "unclear"),
            (520, None, "", "unclear"),
            (0, None, "", "unclear"),
        ] {
            let judged = head(status, kind).judge(&change(), body.as_bytes());
            assert_eq!(word(judged), expected, "{status} {kind:?} {body}");
        }
    }

    #[test]
    fn the_gateway_says_what_became_of_a_call() {
        let said = |outcome: Option<&str>, by_gateway, front| {
            let outcome = outcome.map(str::to_owned);
            ResponseHead { by_gateway, outcome, front, ..head(502, TEXT) }.judge(&change(), b"No master\n")
        };
        assert_eq!(word(said(Some(OUTCOME_UNKNOWN), true, PageServer::Unknown)), "unclear");
        assert_eq!(word(said(Some(OUTCOME_NOT_SENT), true, PageServer::Unknown)), "not sent");
        assert_eq!(word(said(Some(OUTCOME_REDIRECT), true, PageServer::Unknown)), "expired");
        let silent = |by_gateway, front| {
            let head = ResponseHead { by_gateway, front, ..head(200, None) };
            (head.needs_front(&change()), word(head.judge(&change(), b"")))
        };
        assert_eq!(silent(true, PageServer::Unknown), (false, "done"));
        assert_eq!(silent(false, PageServer::Other), (true, "done"), "a master serves the page");
        assert_eq!(silent(false, PageServer::Gateway), (true, "unclear"), "something before the gateway answered");
        assert_eq!(silent(false, PageServer::Redirect), (true, "expired"));
    }

    #[test]
    fn a_schedulers_calls_need_no_look_at_the_page() {
        let call = Expected { content: Content::Accepted, ..change() };
        let answer = |status, kind, body: &[u8]| {
            let head = head(status, kind);
            (head.needs_front(&call), word(head.judge(&call, body)))
        };
        assert_eq!(answer(202, None, b""), (false, "done"));
        assert_eq!(answer(202, None, b"<!doctype html>"), (false, "expired"));
        assert_eq!(answer(200, None, b""), (false, "unclear"), "a master answers 202");
        assert_eq!(answer(403, TEXT, b"Framework is not subscribed"), (false, "refused"));
    }

    #[test]
    fn a_redirect_is_a_standby_masters_only_where_a_master_serves_the_page() {
        for (front, expected) in [
            (PageServer::Other, "standby"),
            (PageServer::Gateway, "expired"),
            (PageServer::Redirect, "expired"),
            (PageServer::Unknown, "expired"),
        ] {
            let head = ResponseHead { is_redirect: true, front, ..ResponseHead::default() };
            for call in [change(), expected_flags(), records()] {
                assert!(head.needs_front(&call));
                assert_eq!(word(head.judge(&call, b"")), expected);
            }
        }
    }

    #[test]
    fn a_read_is_answered_by_an_object_of_its_type() {
        let flags = r#"{"type":"GET_FLAGS","get_flags":{}}"#;
        for (status, kind, body, expected) in [
            (200, JSON, flags, "done"),
            (200, Some("Application/JSON; charset=utf-8"), flags, "done"),
            (200, None, flags, "done"),
            (200, JSON, r#" { "get_flags" : {}, "type" : "GET_FLAGS" } "#, "done"),
            (200, JSON, r#"{"type":"GET_FLAGS_2"}"#, "unclear"),
            (200, JSON, r#"{"error":"sign in"}"#, "unclear"),
            (200, JSON, "", "unclear"),
            (200, JSON, "[]", "unclear"),
            (200, TEXT, flags, "unclear"),
            (202, JSON, flags, "unclear"),
            (200, HTML, PAGE, "expired"),
            (403, HTML, PAGE, "barred"),
            (403, TEXT, "", "refused"),
        ] {
            let judged = head(status, kind).judge(&expected_flags(), body.as_bytes());
            assert_eq!(word(judged), expected, "{status} {kind:?} {body}");
        }
        let too_long = vec![b' '; expected_flags().longest as usize + 1];
        assert_eq!(word(head(200, JSON).judge(&expected_flags(), &too_long)), "too long");
    }

    fn records() -> Expected {
        expected(&Subscribe)
    }

    fn expected_flags() -> Expected {
        expected(&GetFlags)
    }

    #[test]
    fn a_stream_is_judged_by_its_head_and_its_first_bytes() {
        let judged = |kind, body: &str| word(head(200, kind).judge(&expected(&Subscribe), body.as_bytes()));
        assert_eq!(judged(JSON, ""), "done");
        assert_eq!(judged(JSON, "20\n{\"type\":\"HEARTBEAT\"}"), "done");
        assert_eq!(judged(JSON, PAGE), "expired");
        assert_eq!(judged(HTML, PAGE), "expired");
        assert_eq!(judged(TEXT, "hello"), "unclear");
        for other in ["{\"error\":\"login_required\"}", "null", " 20\n", "-1\n{}", "error"] {
            assert_eq!(judged(JSON, other), "unclear", "{other}");
        }
        let said = head(200, JSON).judge(&records(), b"{\"error\":\"login_required\"}").expect_err("it is no stream");
        let words = "Something that is not Mesos answered with status 200 (“{\"error\":\"login_required\"}”).";
        assert_eq!(said.to_string(), words);
    }

    #[test]
    fn a_form_helps_where_a_password_or_a_token_is_asked_for() {
        for form in
            ["Basic realm=\"mesos\"", "Bearer", "acsjwt", "basic", "Negotiate, Basic realm=\"a, b\"", "oauthjwt x=1"]
        {
            assert!(asks_for_credentials(form), "{form}");
        }
        for none in [
            "Negotiate",
            "Negotiate realm=\"a, b\"",
            "NTLM",
            "negotiate, NTLM",
            "Negotiate token=abc, realm=x",
            "Kerberos",
            "",
        ] {
            assert!(!asks_for_credentials(none), "{none}");
        }
    }

    #[test]
    fn no_more_is_read_than_an_answer_of_its_kind_has() {
        let log = RegularFile::log("/slave/log").unwrap();
        let read = |length| expected(&ReadFile::window(&log, 0, length)).longest;
        assert_eq!((read(0), read(64), read(65_536)), (4096, 4096 + 176, 4096 + 174_768));
        assert_eq!(read(16 * 65_536), read(u64::MAX));
        assert_eq!(head(200, JSON).longest(&expected_flags()), 4 << 20);
        for other in [head(400, TEXT), head(200, HTML), head(200, TEXT)] {
            assert_eq!(other.longest(&expected_flags()), LONGEST_REFUSAL);
        }
        assert_eq!(head(200, None).longest(&change()), LONGEST_REFUSAL);
    }

    #[test]
    fn of_a_web_page_only_the_title_is_said() {
        let said = |status, kind, body: &str| {
            head(status, kind).judge(&change(), body.as_bytes()).expect_err("it is no answer").to_string()
        };
        assert_eq!(
            said(200, HTML, PAGE),
            "Your session has expired: sign in again. Something between this page and Mesos answered with a web page (“Sign in”), and sent nothing on."
        );
        assert_eq!(
            said(403, HTML, "<title>403 Access denied - DC/OS</title><style>.x{}</style>"),
            "Something between this page and Mesos refused with status 403 (“403 Access denied - DC/OS”), and sent nothing on."
        );
        let bad = said(502, HTML, "<html><head><title>502 Bad Gateway</title></head>");
        assert_eq!(bad, "Something that is not Mesos answered with status 502 (“502 Bad Gateway”).");
    }
}
