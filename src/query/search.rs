//! One search over all tables at once: ids, names, hosts, addresses, roles, labels. Ranked; the best of each kind.
//!
//! Names are found by their letters in order, too (`a17f` finds `a0017.fra`). Those of tasks, of which there may be a million,
//! are looked at in this way only if parts find too few.

use serde::{Deserialize, Serialize};

use super::needle::Needle;
use crate::cluster::{Cluster, Task, TaskState};
use crate::ids::{AgentId, FrameworkId, Role, TaskId};

/// How many of each kind are told.
const EACH: usize = 8;
/// Nobody types more; and each word is looked for in each text.
const WORDS: usize = 8;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    pub what: Found,
    /// What it is called.
    pub title: String,
    /// What tells it from others: its id, its host, its role.
    pub detail: String,
    /// How well it fits: the larger the better.
    pub score: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Found {
    Agent(AgentId),
    Framework(FrameworkId),
    Task(FrameworkId, TaskId, TaskState),
    Role(Role),
}

/// What agents, frameworks and roles fit the words, the best first.
pub fn search(cluster: &Cluster, text: &str) -> Vec<Hit> {
    let words = words(text);
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Best::default();
    for agent in cluster.agents() {
        let texts = [agent.hostname.as_str(), agent.id.as_str(), &agent.pid, &agent.attributes, &agent.domain];
        found.offer(score(&words, &texts, 1), || Hit {
            what: Found::Agent(agent.id.clone()),
            title: agent.hostname.clone(),
            detail: agent.id.0.clone(),
            score: 0,
        });
    }
    let mut all = found.take();
    for framework in cluster.frameworks() {
        let texts = [framework.name.as_str(), framework.id.as_str(), &framework.hostname, &framework.principal];
        found.offer(score(&words, &texts, 1), || Hit {
            what: Found::Framework(framework.id.clone()),
            title: framework.name.clone(),
            detail: framework.id.0.clone(),
            score: 0,
        });
    }
    all.extend(found.take());
    for role in cluster.roles() {
        found.offer(score(&words, &[role], 1), || Hit {
            what: Found::Role(role.into()),
            title: role.to_owned(),
            detail: String::new(),
            score: 0,
        });
    }
    all.extend(found.take());
    ordered(all)
}

/// What tasks fit the words, the best first.
pub fn tasks(cluster: &Cluster, text: &str) -> Vec<Hit> {
    let words = words(text);
    if words.is_empty() {
        return Vec::new();
    }
    let hit = |task: &Task| Hit {
        what: Found::Task(cluster.framework_of(task).0, task.id().into(), task.state),
        title: if task.name().is_empty() { task.id().to_owned() } else { task.name().to_owned() },
        detail: format!("{} · {} · {}", task.id(), cluster.framework_name_of(task), cluster.hostname_of(task)),
        score: 0,
    };
    let mut found = Best::default();
    let mut labels = Labels::default();
    for task in cluster.tasks() {
        let in_labels = labels.fits(task, &words, cluster);
        let texts = [task.name(), task.id()];
        let sum = words.iter().zip(in_labels).map(|(word, label)| best(word, &texts, 0).max(*label));
        found.offer(sum.sum::<Option<u32>>(), || hit(task));
    }
    let mut tasks = found.take();
    if tasks.is_empty() {
        cluster.tasks().for_each(|task| found.offer(score(&words, &[task.name()], 1), || hit(task)));
        tasks = found.take();
    }
    ordered(tasks)
}

fn words(text: &str) -> Vec<Needle> {
    text.split_whitespace().take(WORDS).map(Needle::new).collect()
}

fn ordered(hits: Vec<Hit>) -> Vec<Hit> {
    crate::order::sorted(hits, |a, b| b.score.cmp(&a.score).then_with(|| a.title.cmp(&b.title)))
}

/// How well each word fits the labels that tasks have: many tasks have the same, so each set of them is looked at once.
#[derive(Default)]
struct Labels {
    known: Vec<Option<Vec<Option<u32>>>>,
}

impl Labels {
    fn fits(&mut self, task: &Task, words: &[Needle], cluster: &Cluster) -> &[Option<u32>] {
        let number = task.labels_number();
        if self.known.len() <= number {
            self.known.resize(number + 1, None);
        }
        let Some(known) = self.known.get_mut(number) else { return &[] };
        let fits = || words.iter().map(|word| fit(cluster.labels_text_of(task), word).map(|fit| fit * 2)).collect();
        known.get_or_insert_with(fits)
    }
}

/// The best of one kind.
#[derive(Default)]
struct Best {
    hits: Vec<Hit>,
}

impl Best {
    /// A hit is made only if it is among the best.
    fn offer(&mut self, score: Option<u32>, hit: impl FnOnce() -> Hit) {
        let Some(score) = score else { return };
        let place = self.hits.iter().position(|other| other.score < score).unwrap_or(self.hits.len());
        if place < EACH {
            self.hits.insert(place, Hit { score, ..hit() });
            self.hits.truncate(EACH);
        }
    }

    fn take(&mut self) -> Vec<Hit> {
        std::mem::take(&mut self.hits)
    }
}

/// Every word must fit one of the texts; of the first so many texts its letters in order are enough.
fn score(words: &[Needle], texts: &[&str], loose: usize) -> Option<u32> {
    words.iter().map(|word| best(word, texts, loose)).sum()
}

/// How well the word fits that text which it fits best. The first text is what a thing is called.
fn best(word: &Needle, texts: &[&str], loose: usize) -> Option<u32> {
    let fits = texts.iter().enumerate().filter_map(|(at, text)| {
        let tight = fit(text, word);
        tight.or_else(|| (at < loose && in_order(text, word)).then_some(5)).map(|fit| fit * 2 + u32::from(at == 0))
    });
    fits.max()
}

/// How well a part of the text is the word: all of it, its beginning, the beginning of a part of it, anywhere.
fn fit(text: &str, word: &Needle) -> Option<u32> {
    let at = word.find(text)?;
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    Some(match before {
        None if text.len() == word.len() => 100,
        None => 60,
        Some(before) if !before.is_alphanumeric() => 40,
        Some(_) => 20,
    })
}

/// Whether the text has the word's letters in their order. Words of one or two letters would find everything.
fn in_order(text: &str, word: &Needle) -> bool {
    if text.is_ascii() {
        let mut letters = text.bytes();
        return word.len() > 2 && word.bytes().all(|wanted| letters.any(|letter| letter.eq_ignore_ascii_case(&wanted)));
    }
    let mut letters = text.chars().flat_map(char::to_lowercase);
    word.len() > 2 && word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(words: &str, texts: &[&str]) -> Option<u32> {
        score(&words.split(' ').map(Needle::new).collect::<Vec<_>>(), texts, 1)
    }

    #[test]
    fn what_fits_better_scores_more() {
        let texts = ["web", "web-1", "my-web", "cobweb", "w-e-b", "other"];
        let scores: Vec<_> = texts.iter().map(|text| scored("web", &[text])).collect();
        assert!(scores.windows(2).all(|pair| pair.first() > pair.last()), "{scores:?}");
        assert_eq!(scores.last(), Some(&None));
    }

    #[test]
    fn every_word_must_fit() {
        assert!(scored("a0417 ams", &["a0417.ams.example"]).is_some());
        assert!(scored("a0417 fra", &["a0417.ams.example"]).is_none());
        assert!(scored("s17 a0417", &["a0417.ams.example", "1ad8-S17"]).is_some());
    }

    #[test]
    fn letters_in_order_are_enough_for_names() {
        assert!(scored("a417x", &["a0417.ams.example"]).is_some());
        assert!(scored("xma", &["a0417.ams.example"]).is_none());
    }
}
