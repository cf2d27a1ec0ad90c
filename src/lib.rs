//! The core of Mesoscope: bytes -> records -> events -> cluster -> answers. The binaries are its edges.
//!
//! It reads no clock, does no IO, never logs, and never panics on input. What it does not understand it counts.
//! The modules stand in reading order, which is the data's order; each imports only those above it.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]

pub mod units;

pub mod skew;

pub mod order;

pub mod defaults;

pub mod ids;

pub mod recordio;

pub mod wire;

pub mod api;

pub mod credentials;

pub mod cluster;

pub mod lint;

pub mod text;

pub mod indent;

pub mod can;

pub mod act;

pub mod trouble;

pub mod history;

pub mod query;

pub mod backoff;

pub mod session;

pub mod reconcile;

pub mod message;

pub mod engine;

pub mod file;

pub mod route;

pub mod csv;
