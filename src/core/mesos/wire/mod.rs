//! The v1 JSON as Mesos writes it (PROTOCOL: proto2 JSON in snake case), and nothing of what it means.
//! Permissive: unknown fields are ignored, unknown names of enums are kept or marked, absent lists are empty, and a field
//! in another form than expected is recorded and left out (`field`).
//!
//! These structs borrow from the record and hold the few fields that tables and counts need; the rest of an object stays
//! in its own JSON, which is kept beside them.

mod agent;
mod cut;
pub mod detail;
mod event;
pub(crate) mod field;
mod framework;
mod held;
mod history;
pub mod lists;
mod mend;
pub mod own;
pub mod pick;
mod pieces;
mod scalar;
mod shape;
mod skeleton;
mod state;
mod tame;
mod task;

pub use agent::{Agent, AgentInfo, Attribute, DrainInfo, Executor, ExecutorInfo};
pub use cut::{CutError, Cutter, List, Take, UnknownList};
pub use event::{Event, EventError, Updated, kind, leading_kind};
pub(crate) use field::fields;
pub use field::{Field, Form, Lenient, Misfit, Misfits, Number, unplaced};
pub use framework::{Framework, FrameworkInfo, InverseOffer, Offer};
pub use held::{Held, Reserved};
pub use history::{states, with_statuses};
pub use mend::{mend, text};

pub use pieces::Pieces;
pub use scalar::{Amount, Double, Id, Integer, Name, Text, Time};
pub use shape::{agent_misfits, executor_misfits, framework_misfits, misfits_of, offer_misfits, task_misfits};
pub use skeleton::Skeleton;
pub use state::TaskState;
pub use tame::tame;
pub use task::{Container, Labels, Resources, Status, Statuses, Task};
