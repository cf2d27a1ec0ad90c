//! The core of Mesoscope: bytes -> records -> events -> cluster -> answers. The page, its worker and the gateway are its edges.
//!
//! It reads no clock, does no IO, never logs, and never panics on input. What it does not understand it counts.
//! The modules are in reading order, which is the data's order; each imports only those above it.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]
#![warn(missing_docs)]

pub mod base;

pub mod mesos;

pub mod cluster;

pub mod checks;

pub mod actions;

pub mod scheduler;

pub mod views;

pub mod engine;

pub mod files;

pub mod text;

pub mod route;

pub mod palette;
