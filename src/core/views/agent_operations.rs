//! Operations on an agent's resources as the master and the agent report them, side by side.

use std::collections::BTreeMap;

use super::operations::OperationRow;
use crate::base::order;
use crate::mesos::wire::detail::Operation;

/// An operation as both report it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparedOperation {
    /// UUID that Mesos gave it.
    pub uuid: String,
    /// The framework's id for it; its UUID if the framework gave none.
    pub id: String,
    /// Type of the operation, such as `RESERVE`.
    pub kind: String,
    /// State that the master reports, such as `FINISHED`; `None` if it lists no such operation.
    pub at_master: Option<String>,
    /// State that the agent reports; `None` if it lists no such operation.
    pub at_agent: Option<String>,
    /// Message of the latest status, the master's first; empty if it has none.
    pub message: String,
}

/// Difference between the two reports of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationDifference {
    /// Only the master lists the operation.
    OnlyMaster,
    /// Only the agent lists the operation.
    OnlyAgent,
    /// Both list it, in different states.
    States,
}

impl ComparedOperation {
    /// How the reports differ; `None` if they do not.
    pub fn difference(&self) -> Option<OperationDifference> {
        match (&self.at_master, &self.at_agent) {
            (Some(_), None) => Some(OperationDifference::OnlyMaster),
            (None, Some(_)) => Some(OperationDifference::OnlyAgent),
            (Some(master), Some(agent)) if master != agent => Some(OperationDifference::States),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

/// Joins the reports by UUID; those that differ come first, then by id.
pub fn compare(master: &[OperationRow], agent: &[Operation]) -> Vec<ComparedOperation> {
    let mut all: BTreeMap<&str, ComparedOperation> = BTreeMap::new();
    for row in master {
        let one = ComparedOperation {
            uuid: row.uuid.clone(),
            id: row.id.clone(),
            kind: row.kind.clone(),
            at_master: Some(row.state.clone()),
            at_agent: None,
            message: row.message.clone(),
        };
        all.insert(&row.uuid, one);
    }
    for reported in agent {
        let state = reported.state.strip_prefix("OPERATION_").unwrap_or(&reported.state);
        let one = all.entry(&reported.uuid).or_insert_with(|| ComparedOperation {
            uuid: reported.uuid.clone(),
            id: if reported.id.is_empty() { reported.uuid.clone() } else { reported.id.clone() },
            kind: reported.kind.clone(),
            message: reported.message.clone(),
            ..ComparedOperation::default()
        });
        one.at_agent = Some(state.to_owned());
    }
    let by_id = |one: &ComparedOperation| (one.difference().is_none(), one.id.clone(), one.uuid.clone());
    order::sorted(all.into_values().collect(), |a, b| by_id(a).cmp(&by_id(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_that_differ_come_first() {
        let row = |uuid: &str, state: &str| OperationRow {
            kind: "RESERVE".to_owned(),
            state: state.to_owned(),
            framework: "f".into(),
            framework_name: String::new(),
            agent: "S1".into(),
            hostname: String::new(),
            id: format!("op-{uuid}"),
            uuid: uuid.to_owned(),
            message: String::new(),
        };
        let own = |uuid: &str, state: &str| Operation {
            uuid: uuid.to_owned(),
            state: format!("OPERATION_{state}"),
            ..Operation::default()
        };
        let master = [row("a", "FINISHED"), row("b", "PENDING"), row("c", "RECOVERING")];
        let agent = [own("a", "FINISHED"), own("b", "FAILED"), own("d", "PENDING")];
        let found: Vec<_> = compare(&master, &agent).iter().map(|one| (one.id.clone(), one.difference())).collect();
        assert_eq!(
            found,
            [
                ("d".to_owned(), Some(OperationDifference::OnlyAgent)),
                ("op-b".to_owned(), Some(OperationDifference::States)),
                ("op-c".to_owned(), Some(OperationDifference::OnlyMaster)),
                ("op-a".to_owned(), None),
            ]
        );
    }
}
