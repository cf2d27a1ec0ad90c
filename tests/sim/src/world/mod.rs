//! The state of the cluster, and what can happen to it. Knows no chance and no clock; what happens is decided in `background_events`.
//!
//! `cluster` is the whole, `initial_state` makes one; `change` and `recovery` change it; `identity` and `machines` read what is derived.

pub(crate) mod agent;
pub(crate) mod cause;
mod change;
pub(crate) mod cluster;
pub(crate) mod framework;
mod identity;
pub(crate) mod initial_state;
mod machines;
pub(crate) mod policy;
pub(crate) mod recovery;
pub(crate) mod resources;
pub(crate) mod task;
pub(crate) mod tasks;
