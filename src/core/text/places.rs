//! Pages of the navigation: their names, and the keys that open them after `g`.

/// A page that the navigation, the command palette and the key `g` lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The overview.
    Overview,
    /// The table of agents.
    Agents,
    /// The table of frameworks.
    Frameworks,
    /// The table of tasks.
    Tasks,
    /// The events since the page opened.
    Events,
    /// The table of roles.
    Roles,
    /// The maintenance schedule.
    Maintenance,
    /// The table of offers.
    Offers,
    /// The table of executors.
    Executors,
    /// The table of operations.
    Operations,
    /// The table of reservations and volumes.
    Volumes,
    /// The leading master.
    Master,
    /// The changes that this tab has sent.
    MyChanges,
    /// Connection and decoding problems.
    Diagnostics,
    /// The help page.
    Help,
}

impl Place {
    /// All places, in the order of the navigation.
    pub const ALL: [Self; 15] = [
        Self::Overview,
        Self::Agents,
        Self::Frameworks,
        Self::Tasks,
        Self::Events,
        Self::Roles,
        Self::Maintenance,
        Self::Offers,
        Self::Executors,
        Self::Operations,
        Self::Volumes,
        Self::Master,
        Self::MyChanges,
        Self::Diagnostics,
        Self::Help,
    ];

    /// Name in the navigation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Agents => "Agents",
            Self::Frameworks => "Frameworks",
            Self::Tasks => "Tasks",
            Self::Events => "Events",
            Self::Roles => "Roles",
            Self::Maintenance => "Maintenance",
            Self::Offers => "Offers",
            Self::Executors => "Executors",
            Self::Operations => "Operations",
            Self::Volumes => "Volumes",
            Self::Master => "Master",
            Self::MyChanges => "My changes",
            Self::Diagnostics => "Diagnostics",
            Self::Help => "Help",
        }
    }

    /// Other words that find the page in the command palette.
    pub const fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Overview => &["home", "dashboard"],
            Self::Agents => &["nodes", "hosts", "slaves"],
            Self::Frameworks => &["schedulers"],
            Self::Tasks => &["jobs", "logs", "stdout", "stderr", "compare"],
            Self::Events => &["history", "feed"],
            Self::Roles => &["quotas", "weights"],
            Self::Maintenance => &["schedule", "windows"],
            Self::Volumes => &["reservations", "disks", "unreserve"],
            Self::Master => &["leader", "flags", "metrics"],
            Self::MyChanges => &["journal", "undo", "audit"],
            Self::Diagnostics => &["trouble", "errors", "connection"],
            Self::Help => &["keys", "shortcuts", "keyboard", "filters", "documentation"],
            Self::Offers | Self::Executors | Self::Operations => &[],
        }
    }

    /// Key that opens the page after `g`.
    pub const fn key(self) -> char {
        match self {
            Self::Overview => 'h',
            Self::Agents => 'a',
            Self::Frameworks => 'f',
            Self::Tasks => 't',
            Self::Events => 'e',
            Self::Roles => 'r',
            Self::Maintenance => 'm',
            Self::Offers => 'o',
            Self::Executors => 'x',
            Self::Operations => 'p',
            Self::Volumes => 'v',
            Self::Master => 'l',
            Self::MyChanges => 'c',
            Self::Diagnostics => 'd',
            Self::Help => '?',
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_place_has_a_key_of_its_own() {
        let keys: BTreeSet<char> = Place::ALL.iter().map(|place| place.key()).collect();
        assert_eq!(keys.len(), Place::ALL.len());
    }
}
