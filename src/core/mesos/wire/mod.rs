//! The v1 objects as Mesos writes them, in JSON (PROTOCOL.md, "JSON") or in protobuf, and nothing of what they mean.
//! Permissive: unknown fields are ignored, unknown names of enums are kept or marked, absent lists are empty, and a field
//! in another form than expected is recorded and left out (`field`).
//!
//! These structs borrow from the record and hold the few fields that tables and counts need; the rest of an object stays
//! as it came, and is kept beside them.

pub mod agent;
pub mod agent_api;
pub mod containers;
pub mod decode_lossy;
pub mod detail;
pub mod encoded;
pub mod event;
pub mod extract;
pub mod fault;
pub mod field;
pub mod framework;
pub mod json_form;
pub mod json_splitter;
pub mod lists;
pub mod misfits;
pub mod non_scalars;
pub mod offer_constraints;
mod pool_amount;
pub mod pool_resource;
pub mod protobuf;
pub mod providers;
mod raw_field;
pub mod resource;
pub mod resource_totals;
pub mod sanitize_json;
pub mod scalar;
pub mod scheduler_event;
pub mod skeleton;
pub mod state;
pub mod task;
pub mod task_json;
pub mod time;
mod tree;
pub mod unknown_numbers;
