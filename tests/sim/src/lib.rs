//! A simulated Apache Mesos cluster: seeded, and driven by the clock that is passed in.
//! `Sim` is the cluster and does no IO; `server` puts it behind sockets. It imports nothing of the console: it is a second opinion.
//!
//! The map: `world` is the state and what can happen to it, `life` decides what does, `hand` lets others decide, `likeness` makes the recorded cluster,
//! `obey` does what operators say,
//! `write` has the JSON of each object, `pieces` puts them together, `answer` has the calls, `server` has HTTP and the faults.

mod answer;
mod hand;
mod life;
mod likeness;
mod names;
mod obey;
mod out;
mod pieces;
mod rng;
pub mod server;
mod sim;
mod size;
mod text;
mod world;
mod write;

pub use answer::{Answer, Body, Target};
pub use likeness::Recorded;
pub use pieces::Pieces;
pub use sim::Sim;
pub use size::Size;

#[cfg(test)]
mod tests;
