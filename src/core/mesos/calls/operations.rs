//! Operations on resources that have not ended, or that nobody has acknowledged. Starts none; that is `reservations`.

use serde::Serialize;

use super::{Call, Target};
use crate::mesos::wire::field::fields;
use crate::mesos::wire::lists::ReportedOperation;

/// The operations that the master, or an agent, lists: those of frameworks only (PROTOCOL.md, "GET_OPERATIONS").
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetOperations;

/// The answer to GET_OPERATIONS.
#[derive(Debug, Default)]
pub struct Operations<'a> {
    /// Operations in Mesos' order; an operator's own are never listed.
    pub operations: Vec<ReportedOperation<'a>>,
}

fields! { impl<'de> Operations<'de>; "operations" => operations }

impl Call for GetOperations {
    const TYPE: &'static str = "GET_OPERATIONS";
    const READS: bool = true;
    type Reply<'a> = Operations<'a>;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}
