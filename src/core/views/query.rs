//! All views in one type, for messages to the worker: questions as this enum, answers as bytes.

use serde::{Deserialize, Serialize};

use super::agent::AgentQuery;
use super::agents::AgentColumn;
use super::bulk_eligibility::BulkEligibilityQuery;
use super::bulk_impact::BulkImpactQuery;
use super::changes::ChangesQuery;
use super::entry::EntryQuery;
use super::events::{EventColumn, EventLogQuery};
use super::executor::{AgentFrameworkQuery, ExecutorQuery};
use super::executors::ExecutorColumn;
use super::framework::FrameworkQuery;
use super::frameworks::FrameworkColumn;
use super::history::HistoryQuery;
use super::hosts::{AgentHostsQuery, HostQuery};
use super::kept_state::KeptState;
use super::machines::MachineQuery;
use super::maintenance::MaintenanceQuery;
use super::map::{CellQuery, MapQuery};
use super::master::MasterQuery;
use super::offers::OfferColumn;
use super::operations::OperationColumn;
use super::overview::OverviewQuery;
use super::own_frameworks::{FrameworkLogQuery, OwnFrameworksQuery};
use super::pools::{AgentChoicesQuery, PoolsQuery};
use super::previews::{PreviewsQuery, QuotaAmountsQuery, RefusedActionsQuery, SharesQuery, WeightsQuery};
use super::raw_answer::RawAnswerQuery;
use super::roles::RoleColumn;
use super::run_preview::RunPreviewQuery;
use super::run_tasks::RunTaskColumn;
use super::runs::{RunQuery, RunsQuery};
use super::search::object_names::ObjectNamesQuery;
use super::search::target::TargetSearch;
use super::search::tasks::TaskSearch;
use super::search::{ExecutorSearch, GeneralSearch};
use super::table::TableQuery;
use super::task::TaskQuery;
use super::tasks::TaskColumn;
use super::trouble::TroubleQuery;
use super::view::{Cost, Sources, Unreadable, View};
use super::volumes::VolumeColumn;
use super::window_impact::WindowImpactQuery;
use crate::base::encoding::encode;
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;

/// An encoded answer, whose type only the asking page knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedAnswer {
    /// `View::Answer` as `base::encoding` has it.
    pub bytes: Vec<u8>,
    /// Whether the answer is empty only because the snapshot has just started.
    pub is_blank: bool,
    /// Fields of the answer's object that could not be read; `None` if all could, or for a table.
    pub unreadable: Option<Unreadable>,
}

/// A view with the type of its answer erased, for the engine.
pub trait ErasedView {
    /// Answers from the sources and what is kept, encoded; see [`View::answer_kept`].
    fn answer(&self, kept: &mut KeptState, sources: Sources<'_>, now: Timestamp) -> Option<EncodedAnswer>;
    /// The encoded answer with all rows of the table; see [`View::whole`].
    fn whole_answer(&self, sources: Sources<'_>, now: Timestamp) -> Vec<u8>;
    /// Topics to read while a page shows the view; see [`View::topics`].
    fn topics(&self) -> &'static [Topic];
    /// Topics to read more often than others; see [`View::frequent_topics`].
    fn frequent_topics(&self) -> &'static [Topic];
    /// Amount of work per answer; see [`View::cost`].
    fn cost(&self) -> Cost;
    /// A number that changes whenever the answer may; see [`View::revision`].
    fn revision(&self, sources: Sources<'_>) -> u64;
    /// Whether the answer changes with time alone; see [`View::ages`].
    fn ages(&self) -> bool;
    /// Whether the answer may wait for those of other views; see [`View::is_low_priority`].
    fn is_low_priority(&self) -> bool;
}

impl<V: View> ErasedView for V {
    fn answer(&self, kept: &mut KeptState, sources: Sources<'_>, now: Timestamp) -> Option<EncodedAnswer> {
        let answer = self.answer_kept(kept, sources, now)?;
        let (is_blank, unreadable) = (V::is_blank(&answer), V::unreadable(&answer));
        Some(EncodedAnswer { bytes: encode(&answer), is_blank, unreadable })
    }

    fn whole_answer(&self, sources: Sources<'_>, now: Timestamp) -> Vec<u8> {
        encode(&View::answer(&self.whole(), sources, now))
    }

    fn topics(&self) -> &'static [Topic] {
        View::topics(self)
    }

    fn frequent_topics(&self) -> &'static [Topic] {
        View::frequent_topics(self)
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

    fn is_low_priority(&self) -> bool {
        View::is_low_priority(self)
    }
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident($view:ty),)*) => {
        /// A question that a page may ask.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Query {
            $($(#[$doc])* $name($view),)*
        }

        impl Query {
            /// The view that answers it.
            pub fn view(&self) -> &dyn ErasedView {
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
    /// One agent.
    Agent(AgentQuery),
    /// A framework on one agent.
    AgentFramework(AgentFrameworkQuery),
    /// Agents to choose from.
    AgentChoices(AgentChoicesQuery),
    /// All agents with their hosts.
    AgentHosts(AgentHostsQuery),
    /// Rows of the table of agents.
    Agents(TableQuery<AgentColumn>),
    /// The answer to a read, as the master sent it.
    Body(RawAnswerQuery),
    /// Amounts around a role's quota.
    Budget(QuotaAmountsQuery),
    /// Actions that are disabled for a whole selection.
    BulkEligibility(BulkEligibilityQuery),
    /// The sum of what several actions do to tasks.
    BulkImpact(BulkImpactQuery),
    /// The agent of one cell of the map.
    Cell(CellQuery),
    /// The newest events.
    Changes(ChangesQuery),
    /// One offer, operation or role.
    Entry(EntryQuery),
    /// How far back the history of events goes.
    EventLog(EventLogQuery),
    /// Rows of the table of events.
    Events(TableQuery<EventColumn>),
    /// One executor.
    Executor(ExecutorQuery),
    /// Executors that match words.
    ExecutorSearch(ExecutorSearch),
    /// Rows of the table of executors.
    Executors(TableQuery<ExecutorColumn>),
    /// One framework.
    Framework(FrameworkQuery),
    /// The last calls and events of a framework of this browser.
    FrameworkLog(FrameworkLogQuery),
    /// Rows of the table of frameworks.
    Frameworks(TableQuery<FrameworkColumn>),
    /// Samples of task counts over the session's time.
    History(HistoryQuery),
    /// Host name of an agent.
    Host(HostQuery),
    /// Machines to choose for maintenance.
    Machines(MachineQuery),
    /// The page of the maintenance schedule.
    Maintenance(MaintenanceQuery),
    /// The map of agents.
    Map(MapQuery),
    /// The page of the master.
    Master(MasterQuery),
    /// Names of objects by their ids.
    ObjectNames(ObjectNamesQuery),
    /// Rows of the table of offers.
    Offers(TableQuery<OfferColumn>),
    /// Rows of the table of operations.
    Operations(TableQuery<OperationColumn>),
    /// The overview.
    Overview(OverviewQuery),
    /// Frameworks of this browser.
    OwnFrameworks(OwnFrameworksQuery),
    /// Pools of agents.
    Pools(PoolsQuery),
    /// Previews of actions.
    Previews(PreviewsQuery),
    /// Actions that a master would refuse.
    RefusedActions(RefusedActionsQuery),
    /// Rows of the table of roles.
    Roles(TableQuery<RoleColumn>),
    /// One run of this browser.
    Run(RunQuery),
    /// Runs of this browser.
    Runs(RunsQuery),
    /// Where a command would run.
    RunPreview(RunPreviewQuery),
    /// Rows of the table of tasks that this browser has run.
    RunTasks(TableQuery<RunTaskColumn>),
    /// Objects that match words, without tasks and executors.
    Search(GeneralSearch),
    /// Fair shares with other weights.
    Shares(SharesQuery),
    /// Objects that a command may change.
    Targets(TargetSearch),
    /// One task.
    Task(TaskQuery),
    /// Tasks that match words.
    TaskSearch(TaskSearch),
    /// Rows of the table of tasks.
    Tasks(TableQuery<TaskColumn>),
    /// Problems with calls and answers.
    Trouble(TroubleQuery),
    /// Rows of the table of volumes.
    Volumes(TableQuery<VolumeColumn>),
    /// Current weights of roles.
    Weights(WeightsQuery),
    /// What runs on the machines of a maintenance window.
    WindowImpact(WindowImpactQuery),
}
