//! A simulated Apache Mesos cluster: seeded, and driven by the clock that is passed in.
//! `Sim` is the cluster and does no IO; `server` puts it behind sockets. It imports nothing of the console: it is a second opinion.
//!
//! The map: `cluster` is `Sim`, `world` is the state and what can happen to it, `life` decides what does, `hand` lets others decide, `likeness` makes the recorded cluster,
//! `obey` does what operators say,
//! `write` has the JSON of each object, `pieces` puts them together, `answer` has the calls, `server` has HTTP and the faults.

pub mod answer;
pub mod cluster;
mod due;
mod hand;
mod life;
pub mod likeness;
mod logging;
mod names;
mod obey;
mod out;
pub mod pieces;
pub mod rng;
pub mod server;
pub mod size;
mod text;
mod time;
mod world;
mod write;

#[cfg(test)]
mod tests;
