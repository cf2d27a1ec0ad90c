//! Which page of the navigation a route belongs to, and the address of each.

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
            | Self::TaskBrowse(..) => Place::Agents,
            Self::Executors(_) => Place::Executors,
            Self::Frameworks(_) | Self::Framework(_) | Self::OwnFrameworks => Place::Frameworks,
            Self::Tasks(_) | Self::Task(..) => Place::Tasks,
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
            Self::Run(_) | Self::RunResults(..) | Self::Terminal(..) | Self::Unknown(_) => return None,
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
}
