//! Compares the flags of agents: which differ, and which agents have which value. Flags that name the agent itself or its
//! machine are expected to differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::ids::AgentId;
use crate::base::order;

/// Flags whose value belongs to one agent or its machine: its name, its addresses, its resources, and the folders it writes to.
const EXPECTED: [&str; 16] = [
    "advertise_ip",
    "advertise_port",
    "appc_store_dir",
    "attributes",
    "docker_store_dir",
    "domain",
    "external_log_file",
    "fetcher_cache_dir",
    "hostname",
    "ip",
    "ip6",
    "log_dir",
    "port",
    "resources",
    "runtime_dir",
    "work_dir",
];

/// An agent with its host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAgent {
    /// The agent's id.
    pub id: AgentId,
    /// Host name of the agent; empty if it was never reported.
    pub hostname: String,
}

/// Number of first answers that must be login pages before the session counts as expired.
const LOGIN_PAGES: usize = 3;

/// Counts login pages among the answers of agents. Tells an expired session from one agent behind a login page of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoginPages {
    login_pages: usize,
    others: usize,
}

impl LoginPages {
    /// Counts an answer: a login page, or anything else, failures included.
    pub fn add(&mut self, is_login_page: bool) {
        if is_login_page {
            self.login_pages += 1;
        } else {
            self.others += 1;
        }
    }

    /// Whether the session has expired: each answer is a login page, and several agents have answered.
    pub fn mean_expired_session(&self) -> bool {
        self.others == 0 && self.login_pages >= LOGIN_PAGES
    }
}

/// Flags of agents, as they are read one agent after another. Keeps each value once.
#[derive(Clone, Debug, Default)]
pub struct FlagComparison {
    agents: Vec<NamedAgent>,
    /// For each flag and value, the indexes of the agents that have it, in ascending order.
    flags: BTreeMap<String, BTreeMap<String, Vec<usize>>>,
}

/// How the flags of agents differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlagDifferences {
    /// Number of compared agents.
    pub agents: usize,
    /// Number of agents of which any flag differs from the most common value. Expected differences do not count.
    pub differing_agents: usize,
    /// Flags with several values, by name. Without those that are expected to differ.
    pub flags: Vec<FlagDifference>,
    /// Flags that differ as expected, by name, with the number of values.
    pub expected: Vec<(String, usize)>,
}

/// A flag with several values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagDifference {
    /// Name of the flag.
    pub name: String,
    /// The values: those that more agents have come first.
    pub values: Vec<FlagVariant>,
}

/// One value of a flag, with the agents that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagVariant {
    /// The value; `None` if these agents do not report the flag, as it is for a flag that is not set.
    pub value: Option<String>,
    /// The agents that have the value, in the order in which they were read.
    pub agents: Vec<NamedAgent>,
    /// Whether more agents have this value than any other.
    pub is_most_common: bool,
}

/// The agents of each value of a flag.
type Variants<'a> = Vec<(Option<&'a str>, Vec<usize>)>;

impl FlagComparison {
    /// Adds an agent with its flags. Of a flag that is reported several times, the last value counts.
    pub fn add(&mut self, agent: NamedAgent, flags: Vec<(String, String)>) {
        let at = self.agents.len();
        self.agents.push(agent);
        for (name, value) in order::inserted::<BTreeMap<_, _>, _>(flags) {
            self.flags.entry(name).or_default().entry(value).or_default().push(at);
        }
    }

    /// The flags that differ between the agents so far.
    pub fn differences(&self) -> FlagDifferences {
        let mut found = FlagDifferences { agents: self.agents.len(), ..FlagDifferences::default() };
        let mut differs = vec![false; self.agents.len()];
        for (name, values) in &self.flags {
            let variants = self.variants(values);
            if variants.len() < 2 {
                continue;
            }
            if EXPECTED.contains(&name.as_str()) {
                found.expected.push((name.clone(), variants.len()));
                continue;
            }
            let most_common = has_most_common(&variants);
            let others = variants.iter().skip(usize::from(most_common)).flat_map(|(_, agents)| agents);
            others.for_each(|at| differs.iter_mut().skip(*at).take(1).for_each(|differs| *differs = true));
            found.flags.push(self.difference(name, variants, most_common));
        }
        found.differing_agents = differs.into_iter().filter(|differs| *differs).count();
        found
    }

    /// The values of a flag, those that more agents have first. Agents that do not report the flag are a value too.
    fn variants<'a>(&self, values: &'a BTreeMap<String, Vec<usize>>) -> Variants<'a> {
        let mut reports = vec![false; self.agents.len()];
        let reporting = values.values().flatten();
        reporting.for_each(|at| reports.iter_mut().skip(*at).take(1).for_each(|reports| *reports = true));
        let silent: Vec<usize> = (0..).zip(reports).filter(|(_, reports)| !reports).map(|(at, _)| at).collect();
        let unset = (!silent.is_empty()).then_some((None, silent));
        let reported = values.iter().map(|(value, agents)| (Some(value.as_str()), agents.clone()));
        let mut variants: Variants<'_> = unset.into_iter().chain(reported).collect();
        order::sort_by_key(&mut variants, |(_, agents)| std::cmp::Reverse(agents.len()));
        variants
    }

    fn difference(&self, name: &str, variants: Variants<'_>, has_most_common: bool) -> FlagDifference {
        let variant = |(nth, (value, agents)): (usize, (Option<&str>, Vec<usize>))| FlagVariant {
            value: value.map(str::to_owned),
            agents: agents.into_iter().filter_map(|at| self.agents.get(at).cloned()).collect(),
            is_most_common: has_most_common && nth == 0,
        };
        FlagDifference { name: name.to_owned(), values: variants.into_iter().enumerate().map(variant).collect() }
    }
}

/// Whether more agents have the first value than the second: of two equally common values, neither is the usual one.
fn has_most_common(variants: &Variants<'_>) -> bool {
    let mut numbers = variants.iter().map(|(_, agents)| agents.len());
    numbers.next() > numbers.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(number: usize) -> NamedAgent {
        NamedAgent { id: format!("S{number}").as_str().into(), hostname: format!("a{number}") }
    }

    fn compared(agents: &[&[(&str, &str)]]) -> FlagDifferences {
        let mut comparison = FlagComparison::default();
        for (number, flags) in agents.iter().enumerate() {
            let flags = flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            comparison.add(agent(number), flags);
        }
        comparison.differences()
    }

    fn variant(value: Option<&str>, agents: &[usize], is_most_common: bool) -> FlagVariant {
        let agents = agents.iter().map(|number| agent(*number)).collect();
        FlagVariant { value: value.map(str::to_owned), agents, is_most_common }
    }

    #[test]
    fn agents_that_differ_from_the_most_common_value_are_counted_once() {
        let usual: &[_] = &[("gc_delay", "1weeks"), ("strict", "true"), ("quiet", "false")];
        let other: &[_] = &[("gc_delay", "2days"), ("strict", "false"), ("quiet", "false")];
        let found = compared(&[other, usual, usual, &[("gc_delay", "3days"), ("strict", "true"), ("quiet", "false")]]);
        assert_eq!((found.agents, found.differing_agents), (4, 2));
        let gc_delay = FlagDifference {
            name: "gc_delay".to_owned(),
            values: vec![
                variant(Some("1weeks"), &[1, 2], true),
                variant(Some("2days"), &[0], false),
                variant(Some("3days"), &[3], false),
            ],
        };
        let strict = FlagDifference {
            name: "strict".to_owned(),
            values: vec![variant(Some("true"), &[1, 2, 3], true), variant(Some("false"), &[0], false)],
        };
        assert_eq!(found.flags, [gc_delay, strict]);
    }

    #[test]
    fn a_flag_that_an_agent_does_not_report_differs_from_an_empty_one() {
        let found = compared(&[&[("modules", "")], &[], &[]]);
        let values = vec![variant(None, &[1, 2], true), variant(Some(""), &[0], false)];
        assert_eq!(found.flags, [FlagDifference { name: "modules".to_owned(), values }]);
        assert_eq!(found.differing_agents, 1);
    }

    #[test]
    fn of_equally_common_values_none_is_the_usual_one() {
        let found = compared(&[&[("strict", "true")], &[("strict", "false")]]);
        assert_eq!(found.differing_agents, 2);
        assert!(found.flags.iter().flat_map(|flag| &flag.values).all(|value| !value.is_most_common));
    }

    #[test]
    fn flags_of_the_agent_itself_are_expected_to_differ() {
        let found = compared(&[
            &[("hostname", "a"), ("port", "5051"), ("work_dir", "/a"), ("strict", "true")],
            &[("hostname", "b"), ("port", "5051"), ("work_dir", "/b"), ("strict", "true")],
            &[("hostname", "c"), ("port", "5051"), ("work_dir", "/b"), ("strict", "true")],
        ]);
        let expected = vec![("hostname".to_owned(), 3), ("work_dir".to_owned(), 2)];
        assert_eq!(found, FlagDifferences { agents: 3, differing_agents: 0, flags: Vec::new(), expected });
    }

    fn means_expired_session(are_login_pages: &[bool]) -> bool {
        let mut counted = LoginPages::default();
        are_login_pages.iter().for_each(|is_login_page| counted.add(*is_login_page));
        counted.mean_expired_session()
    }

    #[test]
    fn only_login_pages_of_several_agents_mean_an_expired_session() {
        assert!(means_expired_session(&[true; 3]));
        assert!(!means_expired_session(&[true; 2]), "they may have login pages of their own");
        assert!(!means_expired_session(&[]));
    }

    #[test]
    fn login_pages_beside_another_answer_do_not_end_the_comparison() {
        assert!(!means_expired_session(&[true, false, true, true, true]));
        assert!(!means_expired_session(&[false, true, true, true]));
        assert!(!means_expired_session(&[true, true, true, false]));
    }

    #[test]
    fn few_or_no_agents_do_not_differ() {
        assert_eq!(compared(&[]), FlagDifferences::default());
        let one = compared(&[&[("strict", "true"), ("strict", "false")]]);
        assert_eq!(one, FlagDifferences { agents: 1, ..FlagDifferences::default() });
    }
}
