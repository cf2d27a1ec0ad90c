//! One search over all tables at once: ids, names, hosts, addresses, roles, labels, users. Ranked; the best of each kind.
//!
//! Names are found by their letters in order, too: `a17f` finds `a0017.fra`.

pub mod hit;
pub mod object_names;
mod rank;
pub mod reserved;
pub mod target;
pub mod tasks;

use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;
use crate::views::view::{Sources, View};
use serde::{Deserialize, Serialize};

use crate::views::search::hit::{Hit, HitTarget};

use self::rank::{BestHits, SearchTexts, score, words};

use super::ignore_case::Needle;
use super::roles;
use crate::base::ids::Role;
use crate::cluster::Cluster;

/// Searches all tables but those of executors and tasks for words, the best match first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneralSearch(pub String);

impl View for GeneralSearch {
    type Answer = Vec<Hit>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        search(sources.cluster, &self.0)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Frameworks, Topic::Operations, Topic::Machines]
    }
}

/// Objects that match the words, the best first, without executors and tasks, which are many.
fn search(cluster: &Cluster, text: &str) -> Vec<Hit> {
    found(text, |found| {
        found.agents(cluster);
        found.frameworks(cluster);
        found.roles(cluster);
        found.offers(cluster);
        found.operations(cluster);
        found.volumes(cluster);
        found.machines(cluster);
    })
}

/// Searches the table of executors for words, the best match first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorSearch(pub String);

impl View for ExecutorSearch {
    type Answer = Vec<Hit>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        executors(sources.cluster, &self.0)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Executors]
    }
}

/// Score of a word in the name of something, on the scale of [`Hit::score`]; `None` if the name lacks it.
pub fn name_score(name: &str, word: &str) -> Option<u32> {
    rank::best(&Needle::new(word), SearchTexts { name, ..SearchTexts::default() }, false)
}

/// Executors that fit the words, the best first.
fn executors(cluster: &Cluster, text: &str) -> Vec<Hit> {
    found(text, |found| found.executors(cluster))
}

fn found(text: &str, look: impl FnOnce(&mut Finds<'_>)) -> Vec<Hit> {
    let words = words(text);
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Finds { words: &words, best: BestHits::default(), all: Vec::new() };
    look(&mut found);
    ordered(found.all)
}

fn ordered(hits: Vec<Hit>) -> Vec<Hit> {
    crate::base::order::sorted(hits, |a, b| b.score.cmp(&a.score).then_with(|| a.title.cmp(&b.title)))
}

/// Collects hits, kind by kind.
struct Finds<'a> {
    words: &'a [Needle],
    best: BestHits,
    all: Vec<Hit>,
}

impl Finds<'_> {
    fn look(&mut self, texts: SearchTexts<'_>, hit: impl FnOnce() -> (HitTarget, String, String)) {
        self.best.offer(score(self.words, texts), || {
            let (what, title, detail) = hit();
            Hit { what, title, detail, score: 0 }
        });
    }

    /// Ends one kind of objects.
    fn next(&mut self) {
        self.all.extend(self.best.take());
    }

    fn agents(&mut self, cluster: &Cluster) {
        for agent in cluster.agents() {
            let own = [agent.id.as_str(), &agent.pid];
            let said = [agent.attributes.as_str(), &agent.domain];
            self.look(SearchTexts { name: &agent.hostname, own: &own, said: &said, owners: &[] }, || {
                (HitTarget::Agent(agent.id.clone()), agent.hostname.clone(), agent.id.0.clone())
            });
        }
        self.next();
    }

    fn frameworks(&mut self, cluster: &Cluster) {
        for framework in cluster.frameworks() {
            let mut said = vec![
                framework.hostname.as_str(),
                &framework.principal,
                &framework.user,
                &framework.webui_url,
                &framework.labels,
            ];
            said.extend(framework.roles.iter().map(Role::as_str));
            self.look(
                SearchTexts { name: &framework.name, own: &[framework.id.as_str()], said: &said, owners: &[] },
                || (HitTarget::Framework(framework.id.clone()), framework.name.clone(), framework.id.0.clone()),
            );
        }
        self.next();
    }

    fn executors(&mut self, cluster: &Cluster) {
        for placed in cluster.executors() {
            let owners = [placed.framework_name, placed.hostname];
            self.look(
                SearchTexts { name: placed.id, own: &[&placed.executor.name], said: &[], owners: &owners },
                || {
                    let what = HitTarget::Executor(placed.agent.into(), placed.framework.into(), placed.id.into());
                    (what, placed.id.to_owned(), owners.join(" · "))
                },
            );
        }
        self.next();
    }

    fn roles(&mut self, cluster: &Cluster) {
        for role in roles::names(cluster) {
            self.look(SearchTexts { name: role, ..SearchTexts::default() }, || {
                (HitTarget::Role(role.into()), role.to_owned(), String::new())
            });
        }
        self.next();
    }

    fn offers(&mut self, cluster: &Cluster) {
        for framework in cluster.frameworks() {
            for offer in &framework.offers {
                let owners = [framework.name.as_str(), &offer.hostname, &offer.role];
                self.look(SearchTexts { own: &[&offer.id], owners: &owners, ..SearchTexts::default() }, || {
                    (HitTarget::Offer(offer.id.clone()), offer.id.clone(), owners.join(" · "))
                });
            }
            for offer in &framework.inverse_offers {
                let owners = [framework.name.as_str(), cluster.hostname(&offer.agent)];
                self.look(SearchTexts { own: &[&offer.id], owners: &owners, ..SearchTexts::default() }, || {
                    (HitTarget::Offer(offer.id.clone()), offer.id.clone(), owners.join(" · "))
                });
            }
        }
        self.next();
    }

    fn operations(&mut self, cluster: &Cluster) {
        for reported in cluster.operations().unwrap_or_default() {
            let owners = [cluster.hostname(&reported.agent.as_str().into())];
            let texts = SearchTexts {
                name: &reported.id,
                own: &[&reported.uuid],
                said: &[&reported.kind, &reported.state, &reported.message],
                owners: &owners,
            };
            self.look(texts, || {
                let detail = format!("{} · {}", reported.uuid, owners.concat());
                (HitTarget::Operation(reported.uuid.clone()), reported.kind.to_lowercase(), detail)
            });
        }
        self.next();
    }

    fn volumes(&mut self, cluster: &Cluster) {
        for agent in cluster.agents() {
            for held in agent.reserved.iter().filter(|held| !held.volume.is_empty()) {
                let said = [held.container_path.as_str(), &held.principal];
                let owners = [held.role.as_str(), &agent.hostname];
                self.look(SearchTexts { name: &held.volume, own: &[], said: &said, owners: &owners }, || {
                    (HitTarget::Volume(held.volume.clone()), held.volume.clone(), owners.join(" · "))
                });
            }
        }
        self.next();
    }

    fn machines(&mut self, cluster: &Cluster) {
        for machine in cluster.machines().unwrap_or_default() {
            let name = machine.id.hostname.as_deref().unwrap_or_default();
            let ip = machine.id.ip.as_deref().unwrap_or_default();
            self.look(SearchTexts { name, own: &[ip], ..SearchTexts::default() }, || {
                let titles = [name, ip].into_iter().filter(|part| !part.is_empty());
                (HitTarget::Machine, titles.collect::<Vec<_>>().join(" "), String::new())
            });
        }
        self.next();
    }
}
