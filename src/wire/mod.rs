//! The v1 JSON as Mesos writes it (PROTOCOL: proto2 JSON in snake case), and nothing of what it means.
//! Permissive: unknown fields are ignored, unknown names of enums are kept or marked, absent lists are empty.
//!
//! These structs borrow from the record and hold the few fields that tables and counts need; the rest of an object stays
//! in its own JSON, which is kept beside them.

mod agent;
mod cut;
pub mod detail;
mod event;
mod framework;
mod held;
mod history;
pub mod lists;
mod mend;
pub mod own;
pub mod pick;
mod scalar;
mod skeleton;
mod state;
mod task;

pub use agent::{Agent, AgentInfo, Attribute, DrainInfo, Executor, ExecutorInfo};
pub use cut::{CutError, Cutter, List, Take};
pub use event::{Event, EventError, Updated, kind};
pub use framework::{Framework, FrameworkInfo, InverseOffer, Offer};
pub use held::{Held, Reserved};
pub use history::{states, with_statuses};
pub use mend::{mend, text};

pub use scalar::{Double, DurationSeconds, Id, Integer, Text, Time};
pub use skeleton::Skeleton;
pub use state::TaskState;
pub use task::{Container, Labels, Resources, Status, Statuses, Task};
