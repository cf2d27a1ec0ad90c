//! Tracebacks, panics and stack traces of common languages: which lines begin one, and which lines below belong to it.
//!
//! Only a line's own text decides whether it begins a trace or is a frame of one, so that a part of a file shows as much as the
//! whole. Python, Java and other languages of the JVM, Go, Rust, JavaScript, Ruby, C and C++ with glog, .NET, PHP and Elixir.

use super::level::Level;
use super::stamp::Stamp;

/// Bytes of a line that are looked at for words in its middle.
const HEAD: usize = 400;
/// Longest line that is looked at to its end.
const LONGEST: usize = 1_000;

/// Level of a line: the one that it names, or that of an error if it names a failure or is a frame of a stack.
pub fn line_level(line: &str) -> Option<Level> {
    line_level_of_beginning(line, None)
}

/// Level of a line of which only the beginning is here. `rest` is what the rest of it says if it is JSON.
pub(super) fn line_level_of_beginning(line: &str, rest: Option<Level>) -> Option<Level> {
    let is_traced = || TraceLine::of(line).or_else(|| TraceLine::of(behind_time(line)?)).is_some();
    Level::of_beginning(line, rest).or_else(|| is_traced().then_some(Level::Error))
}

/// Level of a line below one that left a trace in a state; and the state in which it leaves the trace.
pub fn level_below(before: Option<TraceState>, line: &str) -> (Option<Level>, Option<TraceState>) {
    let named = Level::of(line);
    if let Some(trace) = TraceLine::of(line).filter(|_| named.is_none()) {
        return (Some(Level::Error), Some(trace.state()));
    }
    let own = named.or_else(|| line_level(line));
    if own.is_some() || (before.is_some() && Stamp::is_in(line)) {
        return (own, None);
    }
    let state = before.and_then(|state| state.after(line));
    (state.map(|_| Level::Error), state)
}

/// What is behind the time that a line begins with, as with `2026-11-22T00:08:20Z Traceback (most recent call last):`.
fn behind_time(line: &str) -> Option<&str> {
    let stamp = Stamp::find(line).filter(|stamp| stamp.from < 4)?;
    let rest = line.get(stamp.to..)?;
    Some(rest.trim_start_matches([']', ')', ':', '|', '-', ',', '>']))
}

/// What a line is in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceLine {
    /// The line names a failure, as `Traceback (most recent call last):` or `java.io.IOException: closed`.
    Failure,
    /// A failure whose message follows in the next line, whatever that line looks like.
    MessageFollows,
    /// A frame of a stack, as `at a.B.c(B.java:7)`.
    Frame,
    /// A frame of a stack of Python, which the name of the exception follows.
    FrameBeforeName,
}

/// Which line below continues a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraceState {
    /// Any line: it is the message.
    Message,
    /// A line that is indented or blank, or that has words which only a trace has; or the name of an exception.
    Name,
    /// A line that is indented or blank, or that has words which only a trace has.
    Words,
}

impl TraceLine {
    /// What a line is in a trace; `None` if its own text does not say so.
    pub fn of(line: &str) -> Option<Self> {
        let line = line.trim_end();
        let text = line.trim_start();
        if !may_be_of_trace(text) {
            return None;
        }
        if text.len() < line.len() && text.len() <= LONGEST {
            if is_frame_of_python(text) {
                return Some(Self::FrameBeforeName);
            }
            if is_frame(text) {
                return Some(Self::Frame);
            }
        }
        if is_panic_of_rust(text) || is_place_of_script(line) {
            return Some(Self::MessageFollows);
        }
        is_failure(text).then_some(Self::Failure)
    }

    /// Which line below this one continues the trace.
    pub const fn state(self) -> TraceState {
        match self {
            Self::Failure | Self::Frame => TraceState::Words,
            Self::FrameBeforeName => TraceState::Name,
            Self::MessageFollows => TraceState::Message,
        }
    }
}

impl TraceState {
    /// The state after a line that says nothing by itself; `None` if that line does not belong to the trace.
    pub fn after(self, line: &str) -> Option<Self> {
        let line = line.trim_end();
        match self {
            Self::Message => Some(Self::Words),
            Self::Name | Self::Words if line.is_empty() => Some(Self::Words),
            Self::Name | Self::Words if line.starts_with([' ', '\t']) => Some(self),
            Self::Name | Self::Words if continues(line) => Some(Self::Words),
            Self::Name if is_name_of_type(line) => Some(Self::Words),
            Self::Name | Self::Words => None,
        }
    }
}

/// Whether a line that is not indented belongs to the trace above it.
fn continues(line: &str) -> bool {
    line.len() <= LONGEST && (is_numbered_frame(line) || is_register(line) || is_function_of_go(line))
        || CONTINUES.iter().any(|start| line.starts_with(start))
}

/// Whether the text has a letter or sign that each line of a trace begins with: most lines of a log are dismissed here.
fn may_be_of_trace(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || "*[<(/=-_$+|".contains(c))
}

/// Beginnings of lines that continue a trace, and that other lines have, too.
const CONTINUES: [&str; 30] = [
    "During handling of the above exception",
    "The above exception was the direct cause",
    "Caused by",
    "caused by",
    "Suppressed:",
    "[CIRCULAR REFERENCE",
    "[signal ",
    "created by ",
    "exit status ",
    "note: ",
    "stack backtrace:",
    "Stack trace:",
    "Stack Trace:",
    "Stack:",
    "Backtrace:",
    "Call stack:",
    "--- End of ",
    "---> ",
    "PC: @",
    "@ 0x",
    "Node.js v",
    "^",
    "~",
    "|",
    "+-",
    "{main}",
    "thrown in ",
    "SUMMARY: ",
    "Aborted",
    "... ",
];

/// Beginnings of lines that name a failure.
const FAILURES: [&str; 34] = [
    "Traceback (most recent call last)",
    "Exception in thread ",
    "Exception Group Traceback (most recent call last)",
    "+ Exception Group Traceback (most recent call last)",
    "Exception ignored in",
    "Exception while ",
    "Exception: ",
    "Unhandled exception",
    "Unhandled Exception",
    "Unhandled promise rejection",
    "Unhandled rejection",
    "Uncaught ",
    "uncaughtException",
    "Caused by: ",
    "goroutine ",
    "[signal SIG",
    "unexpected fault address ",
    "runtime: goroutine stack exceeds",
    "stack backtrace:",
    "thread caused non-unwinding panic",
    "terminate called ",
    "libc++abi: terminating",
    "libc++abi.dylib: terminating",
    "*** Aborted at ",
    "*** SIG",
    "*** Check failure stack trace",
    "*** stack smashing detected",
    "*** buffer overflow detected",
    "Segmentation fault",
    "Aborted (core dumped)",
    "PHP Fatal error",
    "PHP Parse error",
    "** (",
    "=CRASH REPORT=",
];

/// Words that name a failure wherever they are near a line's start.
const WITHIN: [&str; 6] = [
    "Segmentation fault",
    "(core dumped)",
    ": Assertion `",
    "UnhandledPromiseRejection",
    "http: panic serving ",
    "An unhandled exception ",
];

fn is_failure(text: &str) -> bool {
    if text.starts_with("goroutine ") {
        return is_goroutine(text);
    }
    if FAILURES.iter().any(|start| text.starts_with(start)) || is_exception(text) || is_error_of_ruby(text) {
        return true;
    }
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or_default();
    head.contains([' ', ':']) && WITHIN.iter().any(|words| head.contains(words))
}

/// `goroutine 7 [running]:`
fn is_goroutine(text: &str) -> bool {
    let rest = text.strip_prefix("goroutine ").unwrap_or_default();
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    number > 0 && rest.get(number..).is_some_and(|rest| rest.starts_with(" [") || rest.starts_with(" gp="))
}

/// `thread 'main' panicked at src/main.rs:2:5:`, as Rust prints it; newer versions print the thread's number, too. Before 1.73 the
/// message was in the same line.
fn is_panic_of_rust(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("thread '") else { return false };
    let head = rest.get(..rest.floor_char_boundary(HEAD)).unwrap_or_default();
    head.contains(" panicked at ")
}

/// `/app/index.js:3`, which Node.js prints above the line that threw.
fn is_place_of_script(line: &str) -> bool {
    let is_place = ["/", "file:///", "node:", "evalmachine."].iter().any(|start| line.starts_with(start));
    let Some((path, number)) = line.rsplit_once(':').filter(|_| is_place && line.len() <= LONGEST) else {
        return false;
    };
    let is_script = [".js", ".mjs", ".cjs", ".ts", ".jsx", ".tsx"].iter().any(|end| path.ends_with(end));
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && !path.contains(' ') && (is_script || line.starts_with("node:") || line.starts_with("evalmachine."))
}

/// `a.rb:7:in 'b': no such file (Errno::ENOENT)`, and its frames.
fn is_error_of_ruby(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or_default();
    let text = head.strip_prefix("from ").unwrap_or(head);
    let Some((_, rest)) = text.split_once(".rb:") else { return false };
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    number > 0 && rest.get(number..).is_some_and(|rest| rest.starts_with(":in "))
}

/// A frame, as the languages print it behind blanks.
fn is_frame(text: &str) -> bool {
    is_frame_of_java(text)
        || is_place_of_go(text)
        || (text.starts_with("@ ") && text.contains("0x"))
        || (text.starts_with("from ") && is_error_of_ruby(text))
        || is_frames_left_out(text)
}

/// `at a.b.C.d(C.java:7)`, `at f (/app/x.js:3:9)`, `at /app/x.js:3:9`, `at A.B() in /src/A.cs:line 3`.
fn is_frame_of_java(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("at ") else { return false };
    let Some((name, place)) = rest.split_once('(') else { return is_place_with_line(rest) };
    match name.strip_suffix(' ') {
        Some(_) => place.strip_suffix(')').is_some_and(is_place_with_line),
        None => name.contains(['.', '_', '<']) && (!name.contains(' ') || name.contains("[[")),
    }
}

/// `/app/x.js:3:9`, `node:internal/main:1:7`, `<anonymous>`, without blanks but behind `async`.
fn is_place_with_line(place: &str) -> bool {
    let place = place.strip_prefix("async ").unwrap_or(place);
    let number = place.rsplit(':').next().unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_path = place.contains('/') || place.starts_with("node:") || place.starts_with("<anonymous>");
    place == "<anonymous>" || place == "native" || (is_number && is_path && place.contains(':') && !place.contains(' '))
}

/// `File "a.py", line 3, in f`
fn is_frame_of_python(text: &str) -> bool {
    text.trim_start_matches(['|', ' ']).starts_with("File \"") && text.contains("\", line ")
}

/// `/src/main.go:12 +0x1d`
fn is_place_of_go(text: &str) -> bool {
    let Some((_, rest)) = text.split_once(".go:") else { return false };
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    let rest = rest.get(number..).unwrap_or_default();
    number > 0 && text.starts_with('/') && (rest.is_empty() || rest.starts_with(" +0x"))
}

/// `main.main()`, `net/http.(*conn).serve(0xc000124000, {0x7f, 0x80})`.
fn is_function_of_go(text: &str) -> bool {
    let Some((name, arguments)) = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) else { return false };
    let is_argument = |c: char| c.is_ascii_hexdigit() || "x{}, .?*[]".contains(c);
    arguments.chars().all(is_argument) && is_path_of_go(name)
}

/// `net/http.(*conn).serve`: a package and a function in it, without blanks.
fn is_path_of_go(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_./-*()[]@~·…%,".contains(c);
    let function = name.rsplit('/').next().unwrap_or(name);
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    let is_function = function.split_once('.').is_some_and(|(package, rest)| !package.is_empty() && !rest.is_empty());
    begins && is_function && name.chars().all(is_part)
}

/// `... 12 more`
fn is_frames_left_out(text: &str) -> bool {
    let rest = text.strip_prefix("... ").and_then(|rest| rest.split_once(' '));
    rest.is_some_and(|(number, word)| word.starts_with("more") && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `#0 /app/x.php(7): f()`, of PHP and of debuggers.
fn is_numbered_frame(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('#') else { return false };
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    number > 0 && rest.get(number..).is_some_and(|rest| rest.starts_with(' '))
}

/// `rax    0x0`, which Go prints after a signal.
fn is_register(line: &str) -> bool {
    let mut parts = line.split_ascii_whitespace();
    let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    name.len() <= 6 && value.starts_with("0x") && parts.next().is_none()
}

/// `ValueError: x`, `java.io.IOException`, `TypeError [ERR_X]: y`: an exception's name at a line's start, and nothing, a colon or a
/// code in brackets behind it. A number behind the colon is a metric, as of `MeanSquaredError: 0.3`.
fn is_exception(text: &str) -> bool {
    let Some((name, rest)) = type_name(text) else { return false };
    let last = name.rsplit(['.', ':', '$']).next().unwrap_or(name);
    let is_named = ENDS.iter().any(|end| last.ends_with(end)) && last.starts_with(|c: char| c.is_ascii_uppercase());
    // A word as `Error` alone is one that names a level, or a heading.
    let is_word = last == name && ENDS.contains(&last);
    if is_word || !(is_named || NAMES.contains(&last)) {
        return false;
    }
    let is_number = || rest.len() <= LONGEST && rest.trim_start_matches(':').trim().parse::<f64>().is_ok();
    let is_message = rest.starts_with(": ") || rest == ":";
    rest.is_empty() || rest.starts_with(" [") || rest.starts_with(" (") || (is_message && !is_number())
}

/// Ends of the names of exceptions, and names without such an end.
const ENDS: [&str; 4] = ["Error", "Exception", "Failure", "Fault"];
const NAMES: [&str; 4] = ["KeyboardInterrupt", "SystemExit", "StopIteration", "ExceptionGroup"];

/// The name of a type, as after the frames of Python: `requests.exceptions.Timeout: slow`, `Http404`.
fn is_name_of_type(line: &str) -> bool {
    let Some((name, rest)) = type_name(line) else { return false };
    let last = name.rsplit(['.', ':']).next().unwrap_or(name);
    let is_path = rest.is_empty() && name.contains('.');
    last.starts_with(|c: char| c.is_ascii_uppercase()) && (is_path || rest.starts_with(": ") || rest == ":")
}

/// A name with dots or colons in it at the start of a text, and what is behind it.
fn type_name(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || "_.$`".contains(c);
    let mut end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    // Ruby and C++ have two colons between the parts of a name.
    while let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix("::")) {
        end += 2 + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    }
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (begins && end <= HEAD).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests;
