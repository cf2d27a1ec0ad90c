//! The stream of what happens in the cluster. Only its request: the records are `wire::Event`s.

use serde::Serialize;

use super::{Call, EmptyReply, LeadingMaster};

/// A snapshot, then every event, until one side leaves. There is no resuming: a reconnect begins with a snapshot again.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Subscribe;

impl Call for Subscribe {
    const TYPE: &'static str = "SUBSCRIBE";
    const READS: bool = true;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        u64::MAX
    }
}
