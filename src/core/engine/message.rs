//! What crosses the worker's border, in both directions. Holds no behaviour.

use serde::{Deserialize, Serialize};

use crate::base::ids::AgentId;
use crate::base::skew::Skew;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::visibility::Visibility;
use crate::cluster::topic::Topic;
use crate::engine::poller::TopicStatus;
use crate::engine::stream_connection::ConnectionState;
use crate::engine::stream_encoding::StreamEncoding;
use crate::mesos::credentials::{Credentials, Principal};
use crate::mesos::wire::json_splitter::UnknownList;
use crate::scheduler::hosted_io::RunMessage;
use crate::views::cluster_summary::ClusterSummary;
use crate::views::query::Query;
use crate::views::runs::RunsSummary;

/// The build of the page and of its worker, which must be the same. A macro, since the two packages are given it, and the core,
/// which never depends on it, need not be compiled again for each.
#[macro_export]
macro_rules! build {
    () => {
        match option_env!("MESOSCOPE_BUILD") {
            Some(build) => build,
            None => env!("CARGO_PKG_VERSION"),
        }
    };
}

/// A view's number, chosen by the page that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ViewId(pub u32);

/// A download's number, chosen by the page that began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DownloadId(pub u32);

/// How far a page's download has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DownloadStage {
    /// Waits for its turn.
    Waiting,
    /// Holds a connection, or is about to.
    Running,
    /// Holds no connection any more, and waits for none.
    Over,
}

/// From a page to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToEngine {
    /// The first message: the page's build, and the base of the API (`http://host/` of the page, with its path).
    Hello {
        /// Build id of the page.
        build: String,
        /// Base of the API.
        base: String,
    },
    /// Show this from now on, in place of what the view showed before.
    Watch(ViewId, Query),
    /// All rows of the query's table in pieces, each an answer of this view: the next one after `Rendered`, until one says that no
    /// more arrive.
    Export(ViewId, Query),
    /// The view is gone.
    Unwatch(ViewId),
    /// The view's last answer is on screen: the next may come (credit of one).
    Rendered(ViewId),
    /// Connect now rather than when the back-off ends.
    Retry,
    /// Read these topics now: this page changed them, or wants to be sure.
    Reread(Vec<Topic>),
    /// A download of the page has come so far. One that waits begins at `FromEngine::StartDownload`.
    Download(DownloadId, DownloadStage),
    /// The network came back, or the machine awoke.
    Online,
    /// The page has called an agent, and measured how far its clock is from this machine's.
    AgentClock(AgentId, Skew),
    /// The page is there still.
    Pong,
    /// The page goes away.
    Bye,
    /// A user signs in, for all pages.
    SignIn(Credentials),
    /// A user signs out, on all pages.
    SignOut,
    /// A user wants something of the frameworks of this browser.
    Run(RunMessage),
}

/// From the engine to a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromEngine {
    /// The answer to Hello: the engine's build. A page of another build reloads.
    Welcome {
        /// Build id of the engine.
        build: String,
    },
    /// State of the connection and summary of the cluster; sent whenever it changes.
    Status(Box<Status>),
    /// The answer of a view, encoded as `View::Answer`.
    View(ViewId, #[serde(with = "serde_bytes")] Vec<u8>),
    /// Asks whether the page still runs; it answers `ToEngine::Pong`.
    Ping,
    /// The page may begin this download now.
    StartDownload(DownloadId),
    /// Who is signed in from now on: what the page's own calls carry. `None` means that it is forgotten.
    Identity(Option<Credentials>),
    /// A user has signed out, on whichever page, or another user has signed in: what a page keeps of the one before is
    /// forgotten.
    SignedOut,
}

/// State of the connection and what cluster it is: what the shell shows at all times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// State of the stream from the master.
    pub link: ConnectionState,
    /// When the master was last heard of. What is on screen is as old as this, if the link is not live.
    pub heard: Option<Timestamp>,
    /// How often it promises to be heard of; `None` for a master that promises nothing (before 1.5), and while there is no stream.
    pub heartbeat: Option<Nanoseconds>,
    /// Lists that the master sent and this build does not know.
    pub unknown_lists: Vec<UnknownList>,
    /// Events that changed the cluster in the last minute.
    pub events_a_minute: u32,
    /// Whether the cluster on screen is whole: a snapshot has come, and it stays until the next one is complete.
    pub is_whole: bool,
    /// The cluster in short; `None` before the first data came.
    pub standing: Option<ClusterSummary>,
    /// How often something was not understood, or went wrong on the way.
    pub trouble: u64,
    /// Cost of decoding the last snapshot.
    pub decoding: DecodeStats,
    /// Encoding of the stream.
    pub encoding: StreamEncoding,
    /// How fresh is what only reads tell.
    pub topics: Vec<TopicStatus>,
    /// State of signing in, and whether reads were refused.
    pub access: CallerAccess,
    /// What the master may hide from the caller.
    pub visibility: Visibility,
    /// How far the cluster's clock is from this machine's.
    pub skew: Skew,
    /// Runs of this browser's frameworks.
    pub runs: RunsSummary,
}

/// What the master makes of who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerAccess {
    /// State of signing in.
    pub signing: SignInState,
    /// A read was refused for want of credentials, though the stream goes on.
    pub asked: bool,
    /// A read was forbidden: the master does not tell everybody everything.
    pub forbidden: bool,
    /// A read was answered by a login page in the master's place, though the stream goes on.
    pub expired: bool,
}

/// How far signing in has come. The credentials themselves go apart, as `FromEngine::Identity`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInState {
    /// Calls carry no credentials.
    #[default]
    SignedOut,
    /// They carry some, which the master has not answered yet.
    Pending,
    /// The master has started a stream for these credentials.
    Accepted,
    /// The master refused those that were sent; they are forgotten.
    Rejected(Principal),
}

/// What the last snapshot took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodeStats {
    /// Bytes decoded and folded.
    pub bytes: u64,
    /// Milliseconds of the engine's own time that they took, without waiting for the network.
    pub millis: u64,
}
