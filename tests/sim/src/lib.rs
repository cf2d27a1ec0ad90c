//! A simulated Apache Mesos cluster: seeded, and driven by the clock that is passed in.
//! `Sim` is the cluster and does no IO; `server` puts it behind sockets. It imports nothing of the console: it is a second opinion.
//!
//! The map: `cluster` is `Sim`, `world` is the state and what can happen to it, `background_events` decides what does, `manual_events` lets others decide, `recorded_cluster` makes the recorded cluster,
//! `operator_effects` does what operators say,
//! `write` has the JSON of each object, `pieces` puts them together, `answer` has the calls, `server` has HTTP and the faults.

pub mod answer;
mod background_events;
mod catalog;
pub mod cluster;
mod file_content;
mod json_out;
mod logging;
mod manual_events;
mod operator_effects;
pub mod pieces;
pub mod recorded_cluster;
pub mod rng;
mod scheduled_steps;
pub mod server;
pub mod size;
mod time;
mod world;
mod write;

#[cfg(test)]
mod tests;
