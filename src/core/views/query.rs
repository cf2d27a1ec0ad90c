//! All views in one type, which is what crosses the worker's border: questions as this enum, answers as bytes.

use serde::{Deserialize, Serialize};

use super::agent::AgentQuery;
use super::agents::AgentColumn;
use super::body::BodyQuery;
use super::bulk_eligibility::CannotQuery;
use super::changes::ChangesQuery;
use super::entry::EntryQuery;
use super::executor::{AgentFrameworkQuery, ExecutorQuery};
use super::executors::ExecutorColumn;
use super::framework::FrameworkQuery;
use super::frameworks::FrameworkColumn;
use super::history::HistoryQuery;
use super::machines::MachineQuery;
use super::maintenance::MaintenanceQuery;
use super::map::{CellQuery, MapQuery};
use super::master::MasterQuery;
use super::offers::OfferColumn;
use super::operations::OperationColumn;
use super::overview::OverviewQuery;
use super::plans::{BudgetQuery, PlansQuery, SharesQuery, WeightsQuery};
use super::roles::RoleColumn;
use super::search::tasks::TaskSearch;
use super::search::{ExecutorSearch, SearchQuery};
use super::table::TableQuery;
use super::task::TaskQuery;
use super::tasks::TaskColumn;
use super::trouble::TroubleQuery;
use super::view::{Cost, Sources, Unreadable, View};
use super::volumes::VolumeColumn;
use crate::base::encoding::encode;
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;

/// An answer whose type only the page knows that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// `View::Answer` as `base::encoding` has it.
    pub bytes: Vec<u8>,
    pub is_blank: bool,
    pub unreadable: Option<Unreadable>,
}

/// A view as the engine has it, whatever its answer is.
pub trait AnyView {
    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Encoded;
    /// The bytes of an answer with all rows in place of some.
    fn whole_answer(&self, sources: Sources<'_>, now: Timestamp) -> Vec<u8>;
    fn parts(&self) -> &'static [Topic];
    fn close_parts(&self) -> &'static [Topic];
    fn cost(&self) -> Cost;
    fn revision(&self, sources: Sources<'_>) -> u64;
    fn ages(&self) -> bool;
    fn gives_way(&self) -> bool;
}

impl<V: View> AnyView for V {
    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Encoded {
        let answer = View::answer(self, sources, now);
        Encoded { bytes: encode(&answer), is_blank: V::is_blank(&answer), unreadable: V::unreadable(&answer) }
    }

    fn whole_answer(&self, sources: Sources<'_>, now: Timestamp) -> Vec<u8> {
        encode(&View::answer(&self.whole(), sources, now))
    }

    fn parts(&self) -> &'static [Topic] {
        View::parts(self)
    }

    fn close_parts(&self) -> &'static [Topic] {
        View::close_parts(self)
    }

    fn cost(&self) -> Cost {
        View::cost(self)
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        View::revision(self, sources)
    }

    fn ages(&self) -> bool {
        View::ages(self)
    }

    fn gives_way(&self) -> bool {
        View::gives_way(self)
    }
}

macro_rules! queries {
    ($($name:ident($view:ty),)*) => {
        /// What a page may ask for.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Query {
            $($name($view),)*
        }

        impl Query {
            /// The view that answers it.
            pub fn view(&self) -> &dyn AnyView {
                match self {
                    $(Self::$name(view) => view,)*
                }
            }
        }

        $(impl From<$view> for Query {
            fn from(view: $view) -> Self {
                Self::$name(view)
            }
        })*
    };
}

queries! {
    Agent(AgentQuery),
    AgentFramework(AgentFrameworkQuery),
    Agents(TableQuery<AgentColumn>),
    Body(BodyQuery),
    Budget(BudgetQuery),
    Cannot(CannotQuery),
    Cell(CellQuery),
    Changes(ChangesQuery),
    Entry(EntryQuery),
    Executor(ExecutorQuery),
    ExecutorSearch(ExecutorSearch),
    Executors(TableQuery<ExecutorColumn>),
    Framework(FrameworkQuery),
    Frameworks(TableQuery<FrameworkColumn>),
    History(HistoryQuery),
    Machines(MachineQuery),
    Maintenance(MaintenanceQuery),
    Map(MapQuery),
    Master(MasterQuery),
    Offers(TableQuery<OfferColumn>),
    Operations(TableQuery<OperationColumn>),
    Overview(OverviewQuery),
    Plans(PlansQuery),
    Roles(TableQuery<RoleColumn>),
    Search(SearchQuery),
    Shares(SharesQuery),
    Task(TaskQuery),
    TaskSearch(TaskSearch),
    Tasks(TableQuery<TaskColumn>),
    Trouble(TroubleQuery),
    Volumes(TableQuery<VolumeColumn>),
    Weights(WeightsQuery),
}
