//! Ending a framework. Not its tasks one by one: no call of the operator API does that.

use serde::Serialize;

use super::values::Valued;
use super::{Call, EmptyReply, LeadingMaster};
use crate::base::ids::FrameworkId;

/// Ends a framework with all its tasks and executors. An unknown one is refused with 400.
#[derive(Clone, Debug, Serialize)]
pub struct Teardown {
    /// The framework to end.
    pub framework_id: Valued<FrameworkId>,
}

impl Call for Teardown {
    const TYPE: &'static str = "TEARDOWN";
    const FIELD: Option<&'static str> = Some("teardown");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}
