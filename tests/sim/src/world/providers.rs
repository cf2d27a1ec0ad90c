//! Resource providers that operators have added to agents or marked gone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Changes of the providers. Each agent may have one of its own, which derives from its number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers {
    /// Configurations by agent, type and name. Such a provider has no resources.
    added: BTreeMap<(u32, String, String), Value>,
    /// Agents whose own provider is gone.
    gone: BTreeSet<u32>,
}

impl Providers {
    pub(crate) fn get(&self, agent: u32, kind: &str, name: &str) -> Option<&Value> {
        self.added.get(&(agent, kind.to_owned(), name.to_owned()))
    }

    pub(crate) fn set(&mut self, agent: u32, kind: &str, name: &str, info: Value) {
        self.added.insert((agent, kind.to_owned(), name.to_owned()), info);
    }

    pub(crate) fn remove(&mut self, agent: u32, kind: &str, name: &str) {
        self.added.remove(&(agent, kind.to_owned(), name.to_owned()));
    }

    pub(crate) fn of(&self, agent: u32) -> impl Iterator<Item = &Value> {
        self.added.iter().filter(move |((of, ..), _)| *of == agent).map(|(_, info)| info)
    }

    pub(crate) fn mark_gone(&mut self, agent: u32) {
        self.gone.insert(agent);
    }

    pub(crate) fn is_gone(&self, agent: u32) -> bool {
        self.gone.contains(&agent)
    }
}
