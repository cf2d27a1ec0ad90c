//! Which page of the navigation a route belongs to, and the address of each.

use super::terminal_params::TerminalPlace;
use super::{Route, TableParams};
use crate::text::places::Place;

impl From<Place> for Route {
    fn from(place: Place) -> Self {
        let all = TableParams::default();
        match place {
            Place::Overview => Self::Overview,
            Place::Agents => Self::Agents(all),
            Place::Frameworks => Self::Frameworks(all),
            Place::Tasks => Self::Tasks(all),
            Place::Events => Self::Events(all),
            Place::Roles => Self::Roles(all),
            Place::Maintenance => Self::Maintenance,
            Place::Offers => Self::Offers(all),
            Place::Executors => Self::Executors(all),
            Place::Operations => Self::Operations(all),
            Place::Volumes => Self::Volumes(all),
            Place::Master => Self::Master,
            Place::MyChanges => Self::MyChanges,
            Place::Diagnostics => Self::Diagnostics,
            Place::Help => Self::Help,
        }
    }
}

impl Route {
    /// The page of the navigation that this page belongs to; `None` for an unknown address.
    pub fn place(&self) -> Option<Place> {
        Some(match self {
            Self::Overview => Place::Overview,
            Self::Agents(_)
            | Self::Agent(_)
            | Self::AgentBrowse(..)
            | Self::AgentFramework(..)
            | Self::Executor(..)
            | Self::ExecutorBrowse(..)
            | Self::TaskBrowse(..)
            | Self::Run(_)
            | Self::Terminal(TerminalPlace::Executor(..) | TerminalPlace::Container(..), _) => Place::Agents,
            Self::Executors(_) => Place::Executors,
            Self::Frameworks(_) | Self::Framework(_) | Self::OwnFrameworks | Self::RunResults(..) => Place::Frameworks,
            Self::Tasks(_) | Self::Task(..) | Self::Terminal(TerminalPlace::Task(..), _) => Place::Tasks,
            Self::Events(_) => Place::Events,
            Self::Roles(_) | Self::Role(_) => Place::Roles,
            Self::Offers(_) | Self::Offer(_) => Place::Offers,
            Self::Operations(_) | Self::Operation(_) => Place::Operations,
            Self::Volumes(_) => Place::Volumes,
            Self::Maintenance => Place::Maintenance,
            Self::Master | Self::MasterBrowse(_) => Place::Master,
            Self::Diagnostics => Place::Diagnostics,
            Self::MyChanges => Place::MyChanges,
            Self::Help => Place::Help,
            Self::Unknown(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_leads_to_a_page_that_belongs_to_it() {
        for place in Place::ALL {
            assert_eq!(Route::from(place).place(), Some(place));
        }
    }

    #[test]
    fn only_unknown_addresses_belong_nowhere() {
        let place = |address: &str| Route::parse(address).place();
        assert_eq!(place("#/run?command=df"), Some(Place::Agents), "the button for it is on the page of agents");
        assert_eq!(place("#/runs/7"), Some(Place::Frameworks), "a run belongs to a framework of this browser");
        assert_eq!(place("#/frameworks/f/tasks/t/terminal"), Some(Place::Tasks));
        assert_eq!(place("#/agents/a/containers/c/terminal"), Some(Place::Agents));
        assert_eq!(place("#/nonsense"), None);
    }
}
