//! Numbers of streams and calls, by which what comes back names them.

use serde::{Deserialize, Serialize};

/// Number of a stream, by which what comes late of an earlier one is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamNumber(pub u32);

/// Number by which the answer of a call names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CallNumber(pub u64);
