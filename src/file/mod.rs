//! Files of any size, by windows of READ_FILE: from bytes to lines, and where in the file they stand. Does no IO.
//!
//! A window has at most 64 KiB (PROTOCOL.md B3) and always tells the whole file's size; of the file no more is ever held
//! than a few MiB around what is looked at. Offsets are bytes from the file's start.

mod answer;
mod bisect;
mod chain;
mod entry;
mod hex;
mod level;
mod lines;
mod pattern;
mod pieces;
mod search;
mod shown;
mod stamp;
mod tail;
mod weave;

pub use answer::{BadAnswer, listed, told};
pub use bisect::Bisect;
pub use chain::{Chain, Part, siblings};
pub use entry::{Entry, Owner, Sandbox, base_name, crumbs, parent, permissions};
pub use hex::{Octets, is_binary};
pub use level::{Glog, Level};
pub use lines::{Span, cut};
pub use pattern::{BadPattern, Pattern};
pub use search::{Hit, Kept, Search, Sought};
pub use shown::{Look, Part as Stretch, Shown};
pub use stamp::Stamp;
pub use tail::{Change, Form, Line, Pace, Read, Screen, Tail, Told};
pub use weave::{Lane, Order, Stream, Weave, Woven};

/// What one question asks for: the most that READ_FILE brings.
pub const WINDOW: u64 = crate::api::files::LARGEST_READ;
