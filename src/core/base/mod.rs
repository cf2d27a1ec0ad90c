//! What needs nothing of Mesos: units, ids, order, time between tries, and text as it may be shown.

pub mod backoff;
pub mod csv;
pub mod ids;
pub mod indent;
pub mod order;
pub mod skew;
pub mod units;
pub mod visible;
