//! Resource providers of agents: those that operators have configured, and what became of the one that an agent has from the start.

use std::collections::BTreeMap;

use serde_json::Value;

/// Resource providers that differ from those of the start. An agent may have one from the start, which derives from its number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers {
    /// Added providers by agent, type and name. They have no resources.
    added: BTreeMap<(u32, String, String), Added>,
    /// Providers from the start that operators have changed, by agent.
    own: BTreeMap<u32, Own>,
}

#[derive(Clone, Debug)]
struct Added {
    info: Value,
    has_config: bool,
}

/// What an operator did to a provider from the start.
#[derive(Clone, Debug)]
enum Own {
    /// Its configuration was replaced.
    Updated(Value),
    /// Its configuration was removed: it is known, and has no resources. Its last configuration, if it was replaced.
    Stopped(Option<Value>),
    /// The provider was marked gone.
    Gone,
}

impl Providers {
    /// Configured provider of that type and name.
    pub(crate) fn get(&self, agent: u32, kind: &str, name: &str) -> Option<&Value> {
        let added = self.added.get(&(agent, kind.to_owned(), name.to_owned()))?;
        added.has_config.then_some(&added.info)
    }

    pub(crate) fn set(&mut self, agent: u32, kind: &str, name: &str, info: Value) {
        self.added.insert((agent, kind.to_owned(), name.to_owned()), Added { info, has_config: true });
    }

    /// Removes the configuration of an added provider, which stays known.
    pub(crate) fn stop(&mut self, agent: u32, kind: &str, name: &str) {
        if let Some(added) = self.added.get_mut(&(agent, kind.to_owned(), name.to_owned())) {
            added.has_config = false;
        }
    }

    /// Removes an added provider.
    pub(crate) fn remove(&mut self, agent: u32, kind: &str, name: &str) {
        self.added.remove(&(agent, kind.to_owned(), name.to_owned()));
    }

    /// Infos of the added providers of an agent.
    pub(crate) fn of(&self, agent: u32) -> impl Iterator<Item = &Value> {
        self.added.iter().filter(move |((of, ..), _)| *of == agent).map(|(_, added)| &added.info)
    }

    pub(crate) fn update_own(&mut self, agent: u32, info: Value) {
        self.own.insert(agent, Own::Updated(info));
    }

    pub(crate) fn stop_own(&mut self, agent: u32) {
        let info = self.own_info(agent).cloned();
        self.own.insert(agent, Own::Stopped(info));
    }

    pub(crate) fn mark_own_gone(&mut self, agent: u32) {
        self.own.insert(agent, Own::Gone);
    }

    /// Whether the provider from the start is known.
    pub(crate) fn is_own_known(&self, agent: u32) -> bool {
        !matches!(self.own.get(&agent), Some(Own::Gone))
    }

    /// Whether the provider from the start has its configuration, and so its resources.
    pub(crate) fn is_own_running(&self, agent: u32) -> bool {
        !matches!(self.own.get(&agent), Some(Own::Stopped(_) | Own::Gone))
    }

    /// Configuration of the provider from the start, if it was replaced.
    pub(crate) fn own_info(&self, agent: u32) -> Option<&Value> {
        match self.own.get(&agent)? {
            Own::Updated(info) => Some(info),
            Own::Stopped(info) => info.as_ref(),
            Own::Gone => None,
        }
    }
}
