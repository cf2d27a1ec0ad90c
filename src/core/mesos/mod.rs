//! Mesos' own forms: records, objects, events, calls and their answers. Only here are field names of its JSON known.

pub mod calls;
pub mod credentials;
pub mod defaults;
pub mod error_text;
pub mod process_output;
pub mod recordio;
pub mod terminal_flow;
pub mod wait_status;
pub mod wire;
