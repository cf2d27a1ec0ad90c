//! Logs to stderr. External text can neither break a line nor control the terminal.

use std::fmt;
use std::io::IsTerminal;

use tracing::Level;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::prelude::*;

use crate::text_responses;

/// Starts logging with the filter of `--log` or RUST_LOG. The default level is WARN: a foreground process prints only what its user
/// can act on.
pub fn start(wanted: Option<Targets>) {
    let wanted = wanted.or_else(|| std::env::var("RUST_LOG").ok()?.parse().ok());
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(Level::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .fmt_fields(debug_fn(field).delimited(" "));
    tracing_subscriber::registry().with(lines).with(wanted).init();
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
