//! Mesos' v1 protobufs: one table of messages, from which both the decoder and the rendering as JSON are driven.
//!
//! A number that the table lacks is no error: the decoder notes it, and the rendering shows it by its number. The master sends
//! its own messages, of which v1 renames fields only, so the table has what 1.11.0 sends, too: `checkpoint` of an agent.

pub(super) mod basics;
pub(super) mod containers;
pub mod decode;
pub(super) mod infos;
pub(super) mod master;
mod payload;
pub mod render;
pub(super) mod resources;
pub mod splitter;
pub mod table;
pub(super) mod tasks;
