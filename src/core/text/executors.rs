//! Words for executors.

use super::count;

/// Number of queued, running and completed tasks, without those of zero; `None` for a number that is not known.
pub fn task_counts([queued, running, completed]: [Option<usize>; 3]) -> String {
    let counts = [(queued, "queued"), (running, "running"), (completed, "completed")];
    let some = counts.into_iter().filter_map(|(number, word)| Some((number.filter(|number| *number > 0)?, word)));
    some.map(|(number, word)| format!("{} {word}", count(number as u64))).collect::<Vec<_>>().join(", ")
}

/// Tooltip of an executor's id: its name and source too, where they differ.
pub fn hint(id: &str, name: &str, source: &str) -> String {
    let name = Some(name).filter(|name| !name.is_empty() && *name != id).map(|name| format!("\nName {name}"));
    let source = Some(source).filter(|of| !of.is_empty() && *of != id).map(|source| format!("\nSource {source}"));
    [Some(id.to_owned()), name, source].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_counted_by_stage() {
        assert_eq!(task_counts([Some(0), Some(1200), Some(3)]), "1\u{202f}200 running, 3 completed");
        assert_eq!(task_counts([None, Some(1), None]), "1 running");
        assert_eq!(task_counts([None; 3]), "");
    }
}
