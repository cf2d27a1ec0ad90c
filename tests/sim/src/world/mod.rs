//! State of the cluster and its possible changes. Has no random generator and no clock; `background_events` decides what happens.
//!
//! `cluster` is the whole, `initial_state` creates one; `change` and `recovery` modify it; `identity` and `machines` derive values.

pub(crate) mod agent;
pub(crate) mod cause;
mod change;
pub(crate) mod client;
mod clients;
pub(crate) mod cluster;
pub(crate) mod framework;
mod identity;
pub(crate) mod initial_state;
mod machines;
pub(crate) mod operation;
pub(crate) mod policy;
pub(crate) mod pool;
pub(crate) mod providers;
pub(crate) mod recovery;
pub(crate) mod resources;
pub(crate) mod task;
pub(crate) mod tasks;
