//! Tasks that fit, of which there may be a million: the first of them are looked at apart, so that something is there soon.
//! Letters in order are looked for in their names only if nothing else is found.

use crate::base::units::Timestamp;
use crate::views::view::Cost;
use crate::views::view::{Sources, View};
use serde::{Deserialize, Serialize};

use super::ordered;
use super::rank::{BestHits, MAX_WORDS, SearchTexts, best, fit, in_order, words};
use crate::cluster::Cluster;
use crate::cluster::container_ids::IdPrefix;
use crate::cluster::task::Task;
use crate::mesos::wire::state::TaskState;
use crate::views::ignore_case::Needle;
use crate::views::search::hit::{Hit, HitTarget};

/// Number of rows that are searched first; the earliest ones are live tasks.
const FIRST: u32 = 1 << 15;
/// Score of a word that begins a container's id: such a word is hardly meant otherwise.
const CONTAINER: u32 = 400;

/// Searches the tasks for words, the best match first. This takes longer than a search of other tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSearch {
    /// Search text: words separated by blanks, all of which must match.
    pub text: String,
    /// Whether to search the rows beyond the first 32,768 instead of those.
    pub rest: bool,
}

impl View for TaskSearch {
    type Answer = Vec<Hit>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        tasks(sources.cluster, &self.text, self.rest)
    }

    fn cost(&self) -> Cost {
        Cost::Tasks
    }

    // What was found soon does not wait for the rest.
    fn is_low_priority(&self) -> bool {
        true
    }
}

/// Running tasks that match the search text, the best first; without a text, the first ones.
pub(super) fn running(cluster: &Cluster, text: &str, most: usize) -> Vec<Hit> {
    let found = match words(text).is_empty() {
        true => cluster.numbered_tasks().map(|(_, task)| hit(cluster, task)).filter(is_running).take(most).collect(),
        false => tasks(cluster, text, false),
    };
    found.into_iter().filter(is_running).take(most).collect()
}

fn is_running(hit: &Hit) -> bool {
    matches!(hit.what, HitTarget::Task(_, _, TaskState::Running))
}

fn hit(cluster: &Cluster, task: &Task) -> Hit {
    Hit {
        what: HitTarget::Task(cluster.framework_of(task).0, task.id().into(), task.state),
        title: if task.name().is_empty() { task.id().to_owned() } else { task.name().to_owned() },
        detail: format!("{} · {} · {}", task.id(), cluster.framework_name_of(task), cluster.hostname_of(task)),
        score: 0,
    }
}

/// Tasks that match all words, the best first: among the first rows, or among all others.
fn tasks(cluster: &Cluster, text: &str, rest: bool) -> Vec<Hit> {
    let words = words(text);
    if words.is_empty() {
        return Vec::new();
    }
    let hit = |task: &Task| hit(cluster, task);
    let meant = || cluster.numbered_tasks().filter(|(number, _)| (*number >= FIRST) == rest).map(|(_, task)| task);
    let mut found = BestHits::default();
    let mut sieve = Sieve::new(cluster, &words);
    meant().for_each(|task| found.offer(sieve.score(task), || hit(task)));
    let mut tasks = found.take();
    if tasks.is_empty() {
        let loosely = |task: &Task| words.iter().all(|word| in_order(task.name(), word)).then_some(1);
        meant().for_each(|task| found.offer(loosely(task), || hit(task)));
        tasks = found.take();
    }
    ordered(tasks)
}

/// Score of each word; 0 for no match.
type Fits = [u32; MAX_WORDS];

/// Scores of texts that tasks share, computed once per text and indexed by its number.
#[derive(Default)]
struct Common(Vec<Option<Fits>>);

impl Common {
    fn fits<'t>(&mut self, number: usize, words: &[Needle], texts: impl FnOnce() -> [&'t str; 2], weight: u32) -> Fits {
        if self.0.len() <= number {
            self.0.resize(number + 1, None);
        }
        let Some(known) = self.0.get_mut(number) else { return Fits::default() };
        *known.get_or_insert_with(|| {
            let (mut fits, texts) = (Fits::default(), texts());
            for (place, word) in fits.iter_mut().zip(words) {
                *place = texts.iter().filter_map(|text| fit(text, word)).max().unwrap_or(0) * weight;
            }
            fits
        })
    }
}

struct Sieve<'a> {
    cluster: &'a Cluster,
    words: &'a [Needle],
    /// Each word as the beginning of a container's id, if it can be one.
    containers: Vec<Option<IdPrefix>>,
    labels: Common,
    frameworks: Common,
    agents: Common,
    roles: Common,
}

impl<'a> Sieve<'a> {
    fn new(cluster: &'a Cluster, words: &'a [Needle]) -> Self {
        Self {
            cluster,
            words,
            containers: words.iter().map(|word| IdPrefix::parse(word.text())).collect(),
            labels: Common::default(),
            frameworks: Common::default(),
            agents: Common::default(),
            roles: Common::default(),
        }
    }

    fn score(&mut self, task: &Task) -> Option<u32> {
        let (cluster, words) = (self.cluster, self.words);
        let common = [
            self.labels.fits(task.labels_number(), words, || [cluster.labels_text_of(task), ""], 2),
            self.frameworks.fits(
                task.framework_number(),
                words,
                || [cluster.framework_name_of(task), cluster.framework_id_of(task)],
                1,
            ),
            self.agents.fits(task.agent_number(), words, || [cluster.hostname_of(task), cluster.agent_id_of(task)], 1),
            self.roles.fits(task.role_number(), words, || [cluster.role_of(task).unwrap_or_default(), ""], 1),
        ];
        let mut sum = 0;
        for (at, (word, container)) in words.iter().zip(&self.containers).enumerate() {
            let shared = common.iter().filter_map(|fits| fits.get(at)).max().copied().filter(|fit| *fit > 0);
            let inside = container.filter(|container| task.is_in(container)).map(|_| CONTAINER);
            sum += own(task, word).max(shared).max(inside)?;
        }
        Some(sum)
    }
}

/// Score of a word in the task's own texts. Most words are in none, which one look at the joined text shows.
fn own(task: &Task, word: &Needle) -> Option<u32> {
    if !word.is_in(task.called()) {
        return None;
    }
    let own = [task.id(), task.executor(), task.addresses()];
    best(word, SearchTexts { name: task.name(), own: &own, ..SearchTexts::default() }, false)
}
