//! A simulated Apache Mesos cluster: seeded, and driven by the clock that is passed in. `Sim` is the cluster and does no IO;
//! `server` puts it behind sockets. Imports nothing of the console: it is a second opinion.
//!
//! Modules: `cluster` has `Sim`; `world` is the state and its changes; `background_events` triggers them at random, `manual_events`
//! by hand; `furnishing` adds what a demonstration shows; `recorded_cluster` builds the recorded cluster; `operator_effects` implements operator calls; `write` has the JSON of
//! each object; `pieces` assembles responses; `protobuf` turns JSON into protobuf; `legacy` has what the stock web UI reads; `answer` has the calls; `scheduler` has the scheduler API, `schedulers` its state, `script` the pretend shell of its tasks; `server` has HTTP and the faults.

pub mod answer;
mod background_events;
mod catalog;
pub mod cluster;
mod container_effects;
mod containers;
mod file_content;
mod furnishing;
mod json_out;
mod legacy;
mod logging;
mod manual_events;
mod operator_effects;
pub mod pieces;
pub mod protobuf;
pub mod recorded_cluster;
pub mod rng;
mod scheduled_steps;
pub mod scheduler;
pub mod schedulers;
mod script;
pub mod server;
mod shell;
pub mod size;
mod time;
mod world;
mod write;

#[cfg(test)]
mod tests;
