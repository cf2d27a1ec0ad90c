//! Outputs of a run's tasks, side by side: which are equal, and where the others begin to differ. Reads nothing.

use crate::base::order;
use std::collections::BTreeMap;

/// Bytes of each output that are compared.
pub const COMPARED: usize = 64 * 1024;

/// Tasks with the same output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameOutput<T> {
    /// The tasks, in their order.
    pub tasks: Vec<T>,
    /// The output.
    pub text: String,
    /// The first line that differs from the largest group: its number from 1, that group's line, and its own. `None` for that group
    /// itself; an empty line for one that has ended before.
    pub first_difference: Option<(usize, String, String)>,
}

/// Groups equal outputs, the largest group first; among equally large ones, that of the first task.
pub fn same_outputs<T: Clone>(outputs: &[(T, String)]) -> Vec<SameOutput<T>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (_, text)) in outputs.iter().enumerate() {
        groups.entry(text).or_default().push(at);
    }
    let mut groups: Vec<(&str, Vec<usize>)> = groups.into_iter().collect();
    order::sort_by(&mut groups, |(_, a), (_, b)| b.len().cmp(&a.len()).then_with(|| a.first().cmp(&b.first())));
    let usual = groups.first().map(|(text, _)| *text).unwrap_or_default();
    let group = |(nth, (text, places)): (usize, &(&str, Vec<usize>))| SameOutput {
        tasks: places.iter().filter_map(|at| outputs.get(*at)).map(|(task, _)| task.clone()).collect(),
        text: (*text).to_owned(),
        first_difference: if nth == 0 { None } else { first_difference(usual, text) },
    };
    groups.iter().enumerate().map(group).collect()
}

fn first_difference(usual: &str, other: &str) -> Option<(usize, String, String)> {
    let (mut usual, mut other, mut number) = (usual.lines(), other.lines(), 0);
    loop {
        number += 1;
        match (usual.next(), other.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((number, a.unwrap_or_default().to_owned(), b.unwrap_or_default().to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tasks of a group, and its first difference.
    type Group<'a> = (&'a [usize], Option<(usize, &'a str, &'a str)>);

    fn check(outputs: &[&str], expected: &[Group<'_>]) {
        let outputs: Vec<(usize, String)> = outputs.iter().map(|text| (*text).to_owned()).enumerate().collect();
        let groups = same_outputs(&outputs);
        let groups: Vec<_> = groups
            .iter()
            .map(|group| {
                let difference = group.first_difference.as_ref();
                (group.tasks.as_slice(), difference.map(|(at, a, b)| (*at, a.as_str(), b.as_str())))
            })
            .collect();
        assert_eq!(groups, expected);
    }

    #[test]
    fn equal_outputs_are_one_group_and_others_say_where_they_differ() {
        check(&[], &[]);
        check(&["a\n", "a\n"], &[(&[0, 1], None)]);
        check(&["x\n90%\n", "x\n50%\n", "x\n50%\n"], &[(&[1, 2], None), (&[0], Some((2, "50%", "90%")))]);
        check(&["b", "a"], &[(&[0], None), (&[1], Some((1, "b", "a")))]);
    }

    #[test]
    fn an_output_that_ends_early_differs_at_its_end() {
        check(&["a\nb\n", "a\nb\n", "a\n"], &[(&[0, 1], None), (&[2], Some((2, "b", "")))]);
        check(&["", "", "a"], &[(&[0, 1], None), (&[2], Some((1, "", "a")))]);
        check(&["a\n", "a\n", "a"], &[(&[0, 1], None), (&[2], None)]);
    }
}
