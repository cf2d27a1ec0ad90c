//! Runs commands on agents as a framework of its own (PROTOCOL.md, "Scheduler API"): a sans-IO state machine beside the engine.
//! Decides when to open the stream, what to call, and what a task's state is; the host does the rest, and says what happened.
//!
//! One `Scheduler` is one framework with one role. `hosted` has all of a browser, and makes another one for another role, and after one has ended.

pub mod acknowledgements;
pub mod call_log;
pub mod claim;
pub mod io;
pub mod numbers;
pub mod run;

pub mod matching;

pub mod machine;

pub mod form;
pub mod hosted;
pub mod hosted_io;
pub mod secrets;
pub mod streams;
mod unkept;

pub mod example;

pub mod outputs;

mod answers;
mod link;
pub mod placing;
pub mod saved;
mod updates;
mod wishes;
