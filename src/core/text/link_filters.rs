//! Filters of links to tables.

use crate::views::filter::Filter;

/// Live tasks of an agent or a framework.
pub fn live_tasks_of(field: &str, id: &str) -> String {
    format!("{} list:live", Filter::word(field, id))
}

/// Unreachable tasks of an agent.
pub fn unreachable_tasks_of_agent(id: &str) -> String {
    format!("{} list:unreachable", Filter::word("agent", id))
}

/// Live tasks of a role and of the roles below it.
pub fn live_tasks_below(role: &str) -> String {
    format!("role:{role}/ list:live")
}
