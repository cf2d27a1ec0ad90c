//! Logs to stderr. External text can neither break a line nor control the terminal.

use std::fmt;
use std::io::IsTerminal;
use std::str::FromStr;

use tracing::Level;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::prelude::*;

use crate::secrets::SafeText;
use crate::text_responses;

/// The filter of `--log` or RUST_LOG. The default level is WARN, also if only some targets have a level: a foreground process prints
/// only what its user can act on, and a misspelt target hides no error.
#[derive(Clone, Debug)]
pub struct LogFilter(Targets);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' has no level: expecting off, error, warn, info, debug or trace, or a list such as info,mesoscope::leader=debug"
)]
pub struct BadLogFilter(SafeText);

impl FromStr for LogFilter {
    type Err = BadLogFilter;

    fn from_str(text: &str) -> Result<LogFilter, BadLogFilter> {
        let text = text.split(',').map(str::trim).collect::<Vec<_>>().join(",");
        let is_level = |level: &str| !level.is_empty() && level.parse::<LevelFilter>().is_ok();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let is_target = |target: &str| !target.is_empty() && target.chars().all(is_part);
        let fits = |directive: &str| match directive.split_once('=') {
            Some((target, level)) => is_target(target) && is_level(level),
            None => is_level(directive),
        };
        if let Some(bad) = text.split(',').find(|directive| !fits(directive)) {
            return Err(BadLogFilter(SafeText::of(bad)));
        }
        let targets: Targets = text.parse().map_err(|_| BadLogFilter(SafeText::of(&text)))?;
        Ok(LogFilter(match targets.default_level() {
            Some(_) => targets,
            None => targets.with_default(Level::WARN),
        }))
    }
}

/// Starts logging.
pub fn start(filter: LogFilter) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .fmt_fields(debug_fn(field).delimited(" "));
    tracing_subscriber::registry().with(lines).with(filter.0).init();
}

/// Returns true if log lines are coloured. A `NO_COLOR` that is set and not empty turns colours off (<https://no-color.org>).
fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes a field with invisible characters escaped. Even a library's message may quote a peer.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let value = text_responses::visible(&format!("{value:?}"));
    match field.name() {
        "message" => writer.write_str(&value),
        // The origin of a record of the `log` crate, which its line already shows.
        name if name.starts_with("log.") => Ok(()),
        name => write!(writer, "{name}={value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_has_a_level_for_each_target() {
        let enabled = |text: &str, target: &str, level: Level| {
            let filter: LogFilter = text.parse().expect("the case is a filter");
            filter.0.would_enable(target, &level)
        };
        assert!(enabled("info", "hyper", Level::INFO) && !enabled("info", "hyper", Level::DEBUG));
        assert!(enabled("info, hyper=debug", "hyper", Level::DEBUG));
        assert!(enabled("TRACE", "hyper", Level::TRACE));
        assert!(!enabled("off", "hyper", Level::ERROR));
        assert!(enabled("error,mesoscope=debug", "mesoscope::leader", Level::DEBUG));
        assert!(!enabled("error,mesoscope=debug", "hyper", Level::WARN));
        assert!(enabled("hyper=debug", "mesoscope", Level::WARN) && !enabled("hyper=debug", "mesoscope", Level::INFO));
    }

    #[test]
    fn text_without_a_level_is_refused() {
        for (text, bad) in [
            ("", ""),
            ("lowd", "lowd"),
            ("mesoscope", "mesoscope"),
            ("info,lowd", "lowd"),
            ("info,", ""),
            ("mesoscope=lowd", "mesoscope=lowd"),
            ("mesoscope=", "mesoscope="),
            ("=info", "=info"),
            ("a=b=info", "a=b=info"),
            ("a[{b}]=info", "a[{b}]=info"),
            ("info\u{1b}", "info\\u{1b}"),
            ("info,http://user:S3CRET@m", "http://…@m"),
            ("http://user%3AS3,CRET", "http://user:…"),
            ("http://user:S3CRET@m=info", "http://…@m=info"),
        ] {
            let words = text.parse::<LogFilter>().err().map(|error| error.to_string());
            let expected = format!("'{bad}' has no level");
            assert!(words.as_ref().is_some_and(|words| words.starts_with(&expected)), "{text}: {words:?}");
        }
    }
}
