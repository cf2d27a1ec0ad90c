//! Containers of an agent over several readings: those listed, those seen to end, their latest usage, and the tree of them.
//!
//! All is bounded, whatever an agent lists. Reads no clock: samples have the agent's own time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::base::order;
use crate::mesos::wire::containers::{self, Container};

/// Number of readings that are kept for each container: ten minutes.
const SAMPLES: usize = 60;
/// Maximum number of containers whose readings are kept.
const SAMPLED: usize = 1_000;
/// Maximum number of containers that are remembered after their end.
const ENDED: usize = 200;

/// Usage of a container at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ContainerSample {
    /// Time of the reading in seconds since 1970, by the agent's clock.
    pub at: f64,
    /// Processors in use since the reading before; `None` if not known.
    pub cpus: Option<f64>,
    /// Resident memory in bytes; `None` if not measured.
    pub mem: Option<f64>,
    /// Bytes received and sent a second; `None` if not known.
    pub network: Option<f64>,
}

/// What the readings of one agent have shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainersReport {
    /// Containers of the latest reading, by path.
    pub listed: Vec<Container>,
    /// Paths of nested and standalone containers that earlier readings listed, the newest last.
    pub ended: Vec<Vec<String>>,
    /// Whether the latest answer could not be read; the rest is then of the one before.
    pub is_unreadable: bool,
    samples: BTreeMap<Vec<String>, VecDeque<ContainerSample>>,
}

impl ContainersReport {
    /// The report after one more answer to GET_CONTAINERS.
    #[must_use]
    pub fn after(self, body: &str) -> Self {
        let Some(listed) = containers::containers(body, &self.listed) else {
            return Self { is_unreadable: true, ..self };
        };
        let Self { listed: before, ended, mut samples, .. } = self;
        let is_listed = |line: &[String]| containers::find(&listed, line).is_some();
        let gone = before.iter().filter(|container| !is_listed(&container.line) && can_be_waited_for(container));
        let mut ended: Vec<Vec<String>> = ended.into_iter().chain(gone.map(|gone| gone.line.clone())).collect();
        // What was nested in a container goes with it.
        ended.retain(|line| !is_listed(line) && (line.len() < 2 || is_listed(line.get(..1).unwrap_or_default())));
        ended.drain(..ended.len().saturating_sub(ENDED));
        samples.retain(|line, _| is_listed(line));
        for container in listed.iter().take(SAMPLED) {
            let Some(sample) = sample(container) else { continue };
            let known = samples.entry(container.line.clone()).or_default();
            if known.back().is_none_or(|last| last.at < sample.at) {
                known.push_back(sample);
            }
            known.drain(..known.len().saturating_sub(SAMPLES));
        }
        Self { listed, ended, is_unreadable: false, samples }
    }

    /// Readings of a container, the newest last.
    pub fn samples(&self, line: &[String]) -> impl Iterator<Item = &ContainerSample> {
        self.samples.get(line).into_iter().flatten()
    }

    /// Whether an executor's container is around the container, or it is one; `None` if the outermost is not listed. Mesos attaches
    /// to those alone: it looks for the executor, and answers 404 for a standalone container and what is in it (src/slave/http.cpp).
    pub fn is_of_executor(&self, line: &[String]) -> Option<bool> {
        let outermost = line.get(..1).and_then(|outermost| self.find(outermost))?;
        Some(!outermost.is_standalone())
    }

    /// The tree of the containers that `is_meant` selects. `changed` are those that were launched or removed, and whether they may
    /// still be there: the agent lists none that has ended.
    pub fn rows(
        &self,
        changed: &BTreeMap<Vec<String>, bool>,
        is_meant: impl Fn(&Self, &[String]) -> bool,
    ) -> Vec<ContainerRow> {
        let is_removed = |path: &&Vec<String>| changed.get(*path) == Some(&false);
        // What was nested in a container that is gone went with it.
        let is_around = |path: &[String]| path.len() < 2 || self.is_of_executor(path).is_some();
        let launched = changed.iter().filter(|(path, is_there)| **is_there && is_around(path)).map(|(path, _)| path);
        let ended = self.ended.iter().filter(|path| !is_removed(path)).chain(launched).map(Vec::as_slice);
        let mut rows = tree(&self.listed, ended);
        rows.retain(|row| is_meant(self, &row.path));
        let outermost = rows.iter().map(|row| row.depth).min().unwrap_or_default();
        rows.iter_mut().for_each(|row| row.depth -= outermost);
        rows
    }

    /// The container with that path, if the latest reading lists it.
    pub fn find(&self, line: &[String]) -> Option<&Container> {
        containers::find(&self.listed, line)
    }
}

/// Whether its exit status may be asked for: an executor's is its framework's to know.
fn can_be_waited_for(container: &Container) -> bool {
    container.line.len() > 1 || container.is_standalone()
}

fn sample(container: &Container) -> Option<ContainerSample> {
    let (cpus, network) = (container.cpus_now, container.network_now);
    Some(ContainerSample { at: container.usage.at?, cpus, mem: container.usage.mem_rss, network })
}

/// A row of the tree of containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerRow {
    /// Ids of the containers around it, outermost first, its own last.
    pub path: Vec<String>,
    /// Number of containers in the tree that it is nested in.
    pub depth: usize,
    /// Number of containers in the tree that are nested in it, at any depth.
    pub inside: usize,
    /// Whether the latest reading does not list it.
    pub is_ended: bool,
}

/// The containers as a tree, each after the one that it is nested in: executors' first, by their ids, then standalone ones.
/// `ended` are paths of containers that are no longer listed. A container whose parent is not in the list has no row above it.
pub fn tree<'a>(listed: &[Container], ended: impl IntoIterator<Item = &'a [String]>) -> Vec<ContainerRow> {
    let roots: BTreeMap<&str, &str> = order::inserted(
        listed
            .iter()
            .filter(|container| container.line.len() == 1 && !container.executor.is_empty())
            .filter_map(|container| Some((container.line.first()?.as_str(), container.executor.as_str()))),
    );
    let ended: BTreeSet<&[String]> =
        order::inserted(ended.into_iter().filter(|path| containers::find(listed, path).is_none()));
    let live = listed.iter().map(|container| (container.line.as_slice(), false));
    let all: Vec<(&[String], bool)> = live.chain(ended.into_iter().map(|path| (path, true))).collect();
    let owner = |path: &[String]| path.first().and_then(|root| roots.get(root.as_str())).copied();
    let all = order::sorted(all, |(a, _), (b, _)| {
        let (of_a, of_b) = (owner(a), owner(b));
        (of_a.is_none(), of_a).cmp(&(of_b.is_none(), of_b)).then_with(|| a.cmp(b))
    });
    nested(&all)
}

/// Numbers the levels of paths that are in the tree's order.
fn nested(all: &[(&[String], bool)]) -> Vec<ContainerRow> {
    let mut rows: Vec<ContainerRow> = Vec::with_capacity(all.len());
    let mut around: Vec<usize> = Vec::new();
    for (path, is_ended) in all {
        while around.last().and_then(|at| rows.get(*at)).is_some_and(|row| !path.starts_with(&row.path)) {
            around.pop();
        }
        for at in &around {
            rows.iter_mut().skip(*at).take(1).for_each(|row| row.inside += 1);
        }
        rows.push(ContainerRow { path: path.to_vec(), depth: around.len(), inside: 0, is_ended: *is_ended });
        around.push(rows.len() - 1);
    }
    rows
}

/// The rows to show: those that match a filter, with the rows around them; without a filter, all but those inside a collapsed one.
pub fn visible(
    rows: &[ContainerRow],
    collapsed: &BTreeSet<Vec<String>>,
    matches: Option<&dyn Fn(&ContainerRow) -> bool>,
) -> Vec<ContainerRow> {
    let Some(matches) = matches else { return expanded(rows, collapsed) };
    let mut shown = Vec::new();
    // From the last row on: a row around a match is one level above the rows that are shown below it.
    let mut level = 0;
    for row in rows.iter().rev() {
        let is_around = row.depth + 1 == level;
        if is_around || matches(row) {
            shown.push(row.clone());
            level = row.depth;
        } else if row.depth < level {
            level = 0;
        }
    }
    shown.reverse();
    shown
}

fn expanded(rows: &[ContainerRow], collapsed: &BTreeSet<Vec<String>>) -> Vec<ContainerRow> {
    let mut skipped = 0;
    let mut shown = Vec::new();
    for row in rows {
        if skipped > 0 {
            skipped -= 1;
            continue;
        }
        if collapsed.contains(&row.path) {
            skipped = row.inside;
        }
        shown.push(row.clone());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('/').map(str::to_owned).collect()
    }

    fn id(path: &[&str]) -> String {
        let (own, around) = path.split_last().expect("a path has a container");
        let parent = if around.is_empty() { String::new() } else { format!(r#","parent":{}"#, id(around)) };
        format!(r#"{{"value":"{own}"{parent}}}"#)
    }

    /// An answer that lists the containers with these paths; those with an executor as `path=executor`.
    fn answer(paths: &[&str], at: u32) -> String {
        let one = |text: &&str| {
            let (path, executor) = text.split_once('=').unwrap_or((text, ""));
            let path: Vec<&str> = path.split('/').collect();
            let executor =
                if executor.is_empty() { String::new() } else { format!(r#""executor_id":{{"value":"{executor}"}},"#) };
            format!(
                r#"{{{executor}"container_status":{{"container_id":{}}},"resource_statistics":{{"timestamp":{at},"cpus_user_time_secs":{at},"mem_rss_bytes":9}}}}"#,
                id(&path)
            )
        };
        let all: Vec<String> = paths.iter().map(one).collect();
        format!(r#"{{"get_containers":{{"containers":[{}]}}}}"#, all.join(","))
    }

    fn report(paths: &[&str]) -> ContainersReport {
        ContainersReport::default().after(&answer(paths, 1))
    }

    fn drawn(rows: &[ContainerRow]) -> Vec<String> {
        let one = |row: &ContainerRow| {
            let mark = if row.is_ended { " ended" } else { "" };
            format!("{}{} {}{mark}", "-".repeat(row.depth), row.path.join("/"), row.inside)
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn executors_come_first_and_what_is_inside_is_below() {
        let report = report(&["z", "b=web", "b/t/c", "b/t", "a=work", "a/t"]);
        let ended = [path("b/gone"), path("z")];
        let rows = tree(&report.listed, ended.iter().map(Vec::as_slice));
        assert_eq!(drawn(&rows), ["b 3", "-b/gone 0 ended", "-b/t 1", "--b/t/c 0", "a 1", "-a/t 0", "z 0"]);
    }

    #[test]
    fn parents_that_are_missing_or_each_other_are_no_loop() {
        let report = report(&["a/b", "b/a", "x/y/z", "x/y/z/a"]);
        assert_eq!(drawn(&tree(&report.listed, [])), ["a/b 0", "b/a 0", "x/y/z 1", "-x/y/z/a 0"]);
    }

    #[test]
    fn a_collapsed_row_hides_what_is_inside() {
        let rows = tree(&report(&["a=e", "a/b", "a/b/c", "d"]).listed, []);
        let check = |collapsed: &[&str], filter: Option<&str>, expected: &[&str]| {
            let collapsed = collapsed.iter().map(|text| path(text)).collect();
            let wanted = filter.map(path);
            let matches = |row: &ContainerRow| Some(&row.path) == wanted.as_ref();
            let shown = visible(&rows, &collapsed, filter.map(|_| &matches as &dyn Fn(&ContainerRow) -> bool));
            let paths: Vec<String> = shown.iter().map(|row| row.path.join("/")).collect();
            assert_eq!(paths, expected, "{filter:?}");
        };
        check(&[], None, &["a", "a/b", "a/b/c", "d"]);
        check(&["a/b"], None, &["a", "a/b", "d"]);
        check(&["a", "a/b"], None, &["a", "d"]);
        check(&["a"], Some("a/b/c"), &["a", "a/b", "a/b/c"]);
        check(&[], Some("a/b"), &["a", "a/b"]);
        check(&[], Some("d"), &["d"]);
        check(&[], Some("none"), &[]);
    }

    #[test]
    fn nested_and_standalone_containers_are_remembered_after_their_end() {
        let first = report(&["a=e", "a/t", "a/u", "b=f", "b/t", "s"]);
        let next = first.after(&answer(&["a=e", "a/u"], 2));
        assert_eq!(next.ended, [path("a/t"), path("s")], "not what went with its executor");
        let back = next.after(&answer(&["a=e", "a/t"], 3));
        assert_eq!(back.ended, [path("s"), path("a/u")], "what is listed again has not ended");
    }

    #[test]
    fn launched_containers_have_rows_until_they_are_removed_or_their_outermost_one_is_gone() {
        let check = |report: &ContainersReport, changed: &[(&str, bool)], expected: &[&str]| {
            let changed = changed.iter().map(|(text, is_there)| (path(text), *is_there)).collect();
            assert_eq!(drawn(&report.rows(&changed, |_, _| true)), expected, "{changed:?}");
        };
        let first = report(&["a=e", "s"]);
        check(&first, &[("a/t", true), ("s/t", true)], &["a 1", "-a/t 0 ended", "s 1", "-s/t 0 ended"]);
        check(&first, &[("a/t", false), ("x/t", true)], &["a 0", "s 0"]);
        let gone = first.after(&answer(&["a=e"], 2));
        check(&gone, &[("s/t", true)], &["a 0", "s 0 ended"]);
        check(&gone, &[("s/t", true), ("s", false)], &["a 0"]);
        let inner = report(&["a=e", "a/t", "a/t/u"]);
        let rows = inner.rows(&BTreeMap::new(), |_, of| of.starts_with(&path("a/t")));
        assert_eq!(drawn(&rows), ["a/t 1", "-a/t/u 0"], "the levels begin at the outermost row");
    }

    #[test]
    fn what_is_in_a_standalone_container_is_of_no_executor() {
        let report = report(&["a=e", "a/t", "s", "s/t", "s/t/u"]);
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(report.is_of_executor(&path(text)), expected, "{text}");
        };
        ["a", "a/t", "a/new"].into_iter().for_each(|text| check(text, Some(true)));
        ["s", "s/t", "s/t/u", "s/new"].into_iter().for_each(|text| check(text, Some(false)));
        check("x/t", None);
    }

    #[test]
    fn an_answer_that_cannot_be_read_leaves_the_one_before() {
        let known = report(&["a=e"]);
        let after = known.clone().after("{");
        assert_eq!((after.listed.len(), after.is_unreadable), (1, true));
        assert!(!after.after(&answer(&["a=e"], 2)).is_unreadable);
    }

    #[test]
    fn readings_are_bounded_and_end_with_their_container() {
        let mut known = ContainersReport::default();
        for at in 1..200 {
            known = known.after(&answer(&["a=e"], at));
        }
        let samples: Vec<f64> = known.samples(&path("a")).map(|sample| sample.at).collect();
        assert_eq!((samples.len(), samples.last()), (SAMPLES, Some(&199.0)));
        assert_eq!(known.samples(&path("a")).last().and_then(|sample| sample.cpus), Some(1.0));
        let same = known.clone().after(&answer(&["a=e"], 199));
        assert_eq!(same.samples(&path("a")).count(), SAMPLES, "a reading of the same moment is no new one");
        assert_eq!(known.after(&answer(&[], 200)).samples(&path("a")).count(), 0);
    }

    #[test]
    fn a_tree_of_ten_thousand_at_a_depth_of_thirty_two_is_made_in_a_moment() {
        let deep = |number: u32| {
            let inner: Vec<String> = (0..number % 32).map(|depth| format!("d{depth}")).collect();
            [vec![format!("r{}", number / 32)], inner].concat()
        };
        let container = |number: u32| Container { line: deep(number), ..Container::default() };
        let listed = order::sorted((0..10_000).map(container).collect(), |a, b| a.line.cmp(&b.line));
        let rows = tree(&listed, []);
        assert_eq!(rows.len(), 10_000);
        assert_eq!(rows.iter().map(|row| row.depth).max(), Some(31));
        let (all, none) = (|_: &ContainerRow| true, |_: &ContainerRow| false);
        assert_eq!(visible(&rows, &BTreeSet::new(), Some(&all)).len(), 10_000);
        assert_eq!(visible(&rows, &BTreeSet::new(), Some(&none)).len(), 0);
    }
}
