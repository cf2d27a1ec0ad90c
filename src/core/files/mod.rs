//! Files of any size, by windows of READ_FILE: from bytes to lines, and where in the file they stand. Does no IO.
//!
//! A window has at most 64 KiB and the whole file's size (PROTOCOL.md, "READ_FILE"); of the file no more is ever held
//! than a few MiB around what is looked at. Offsets are bytes from the file's start.

pub mod answer;
pub mod bisect;
pub mod chain;
mod counts;
pub mod course;
pub mod date_order;
pub mod directory;
pub mod entry;
pub mod excerpt;
pub mod gathering;
pub mod go_to;
pub mod hex;
pub mod hole;
mod lane;
pub mod level;
pub mod lines;
pub mod log;
pub mod pattern;
mod pending;
mod pieces;
pub mod row_context;
pub mod scroll_bar;
pub mod search;
pub mod shelf;
pub mod shown;
pub mod sought;
pub mod stamp;
pub mod tail;
pub mod task;
pub mod text_format;
mod time_text;
pub mod viewport;
mod voids;
pub mod weave;
pub mod zone;
mod zone_names;

/// What one question asks for: the most that READ_FILE brings.
pub const WINDOW: u64 = crate::mesos::calls::files::LARGEST_READ;
