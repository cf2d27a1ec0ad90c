//! What needs nothing of Mesos: units, ids, order, time between tries, encoding, and text as it may be shown.

pub mod backoff;
pub mod civil;
pub mod csv;
pub mod encoding;
pub mod escaping;
pub mod ids;
pub mod indent;
pub mod order;
pub mod role;
pub mod skew;
pub mod units;
pub mod wall_clock;
