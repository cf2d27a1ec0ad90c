//! Files of any size, by windows of READ_FILE: from bytes to lines, and where in the file they stand. Does no IO.
//!
//! A window has at most 64 KiB (PROTOCOL.md B3) and always tells the whole file's size; of the file no more is ever held
//! than a few MiB around what is looked at. Offsets are bytes from the file's start.

mod answer;
mod bisect;
mod chain;
mod course;
mod date_order;
mod directory;
mod entry;
mod excerpt;
mod gathering;
mod hex;
mod lane;
mod level;
mod lines;
mod log;
mod pattern;
mod pieces;
mod row_context;
mod search;
mod shelf;
mod shown;
mod sought;
mod stamp;
mod tail;
mod task;
mod text_format;
mod time_text;
mod weave;
mod zone;

pub use answer::{BadAnswer, told};
pub use bisect::{Bisect, Sighted};
pub use chain::{Chain, Part, Siblings, Stitch, Stitched};
pub use course::{ARRIVED, Course, key_of, line_of};
pub use date_order::DateOrder;
pub use directory::{Directory, Leads};
pub use entry::{Entry, Folder, Owner, Run, Sandbox, base_name, below, crumbs, parent, permissions, task_folder};
pub use excerpt::Excerpt;
pub use gathering::Gathering;
pub use hex::{Octets, is_binary};
pub use level::{Glog, Level};
pub use lines::{Span, cut, print};
pub use log::{Ask, Log};
pub use pattern::{BadPattern, Pattern};
pub use row_context::RowContext;
pub use search::{Hit, Probe, Search};
pub use shelf::{Found, Kept};
pub use shown::{Colour, Look, Part as Stretch, Shown, Style, byte_of, plain};
pub use sought::Sought;
pub use stamp::Stamp;
pub use tail::{Change, Form, Line, Pace, Read, Screen, Tail, Told};
pub use text_format::{Encoding, LineEnd, TextFormat};
pub use weave::{Lane, Order, Stream, Weave, Woven};
pub use zone::{Clock, Zone};

/// What one question asks for: the most that READ_FILE brings.
pub const WINDOW: u64 = crate::mesos::calls::files::LARGEST_READ;
