//! Files of any size, by windows of READ_FILE: from bytes to lines, and where in the file they are. Does no IO.
//!
//! A window has at most 64 KiB and the whole file's size (PROTOCOL.md, "READ_FILE"); of the file no more is ever held
//! than a few MiB around what is looked at. Offsets are bytes from the file's start.

pub mod answer;
pub mod bisect;
mod block_cache;
pub mod date_order;
pub mod directory;
pub mod entry;
pub mod followed_file;
pub mod go_to;
pub mod hex;
pub mod hit_cache;
pub mod hole;
mod hole_map;
mod json_keys;
pub mod last_lines;
pub mod level;
mod line_counts;
pub mod line_range_read;
pub mod line_seek;
pub mod lines;
pub mod listing_parser;
pub mod log;
pub mod merge;
mod merge_input;
pub mod merged_cursor;
pub mod pattern;
mod pending;
pub mod rotated_file;
pub mod row_context;
pub mod scan_job;
pub mod scroll_bar;
pub mod search;
pub mod search_query;
pub mod stack_trace;
pub mod stamp;
pub mod styled_line;
pub mod text_format;
mod time_text;
pub mod viewport;
pub mod zone;
mod zone_names;

/// Bytes of one read: the most that READ_FILE returns.
pub const WINDOW: u64 = crate::mesos::calls::files::LARGEST_READ;
