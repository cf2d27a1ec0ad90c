//! The log, to stderr. Texts from outside cannot end a line in it, nor speak to the terminal that shows it.

use std::fmt;
use std::io::IsTerminal;

use tracing::Level;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::prelude::*;

use crate::text_responses;

/// Logs what `--log` or RUST_LOG asks for. Quiet by default: an executable in the foreground of a terminal says only what
/// its user can act on.
pub fn start(wanted: Option<Targets>) {
    let wanted = wanted.or_else(|| std::env::var("RUST_LOG").ok()?.parse().ok());
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(Level::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .fmt_fields(debug_fn(field).delimited(" "));
    tracing_subscriber::registry().with(lines).with(wanted).init();
}

/// https://no-color.org: a variable that is there and not empty asks for none.
fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Every value is made visible here, whichever it is: a message of a library may quote a peer, too.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let value = text_responses::visible(&format!("{value:?}"));
    match field.name() {
        "message" => writer.write_str(&value),
        // Where a record of the crate `log` came from, which its line says already.
        name if name.starts_with("log.") => Ok(()),
        name => write!(writer, "{name}={value}"),
    }
}
