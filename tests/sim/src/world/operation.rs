//! Operations of frameworks on resources. They change no resources here.

/// State of an operation, `OperationState` in mesos.proto.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperationState {
    Pending,
    Finished,
    Failed,
    Error,
    Dropped,
    Unreachable,
    GoneByOperator,
    Recovering,
    Unknown,
}

impl OperationState {
    pub(crate) const ALL: [OperationState; 9] = [
        OperationState::Pending,
        OperationState::Finished,
        OperationState::Failed,
        OperationState::Error,
        OperationState::Dropped,
        OperationState::Unreachable,
        OperationState::GoneByOperator,
        OperationState::Recovering,
        OperationState::Unknown,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            OperationState::Pending => "OPERATION_PENDING",
            OperationState::Finished => "OPERATION_FINISHED",
            OperationState::Failed => "OPERATION_FAILED",
            OperationState::Error => "OPERATION_ERROR",
            OperationState::Dropped => "OPERATION_DROPPED",
            OperationState::Unreachable => "OPERATION_UNREACHABLE",
            OperationState::GoneByOperator => "OPERATION_GONE_BY_OPERATOR",
            OperationState::Recovering => "OPERATION_RECOVERING",
            OperationState::Unknown => "OPERATION_UNKNOWN",
        }
    }

    /// Message of the status; `None` if such a status has none.
    pub(crate) fn message(self) -> Option<&'static str> {
        match self {
            OperationState::Failed => Some("Failed to apply the operation: the volume group has no free extents"),
            OperationState::Error => Some("Invalid operation: the resources are not reserved for the role"),
            OperationState::Dropped => Some("The agent did not receive the operation"),
            OperationState::Unreachable => Some("Agent is unreachable"),
            OperationState::GoneByOperator => Some("Agent has been marked gone"),
            OperationState::Unknown => Some("Reconciliation: Operation is unknown"),
            OperationState::Pending | OperationState::Finished | OperationState::Recovering => None,
        }
    }

    /// Whether the agent lists the operation as well; the master makes the other states by itself.
    pub(crate) fn is_known_to_agent(self) -> bool {
        matches!(
            self,
            OperationState::Pending | OperationState::Finished | OperationState::Failed | OperationState::Error
        )
    }
}

/// Kind of an operation, `Offer.Operation.Type` in mesos.proto.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperationKind {
    Reserve,
    Unreserve,
    Create,
    Destroy,
    GrowVolume,
    ShrinkVolume,
    CreateDisk,
    DestroyDisk,
}

impl OperationKind {
    pub(crate) const ALL: [OperationKind; 8] = [
        OperationKind::Reserve,
        OperationKind::Create,
        OperationKind::CreateDisk,
        OperationKind::GrowVolume,
        OperationKind::Unreserve,
        OperationKind::Destroy,
        OperationKind::ShrinkVolume,
        OperationKind::DestroyDisk,
    ];
}

/// An offer operation with an id, kept until the framework acknowledges its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) number: u64,
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    pub(crate) state: OperationState,
    pub(crate) kind: OperationKind,
}

impl Operation {
    pub(crate) fn is_pending(&self) -> bool {
        self.state == OperationState::Pending
    }
}
