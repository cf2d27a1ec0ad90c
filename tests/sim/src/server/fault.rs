//! Faults on request.

use std::fmt;
use std::str::FromStr;

use super::call_fault::CallFault;

/// A fault. Some happen once, others last until `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Ends all faults: a stopped agent's port answers again; a failover stays.
    None,
    /// Cuts every stream in the middle of a record and closes its connection. Once.
    CutMidRecord,
    /// Ends the body of every stream and keeps its connection open, as for an evicted subscriber. Once.
    CloseStreams,
    /// Cuts the streams of the scheduler API only. Once.
    CutSchedulers,
    /// Ends the streams of the scheduler API only. Once.
    CloseSchedulers,
    /// Streams send nothing, not even heartbeats; calls are still answered. Lasts.
    Silence,
    /// Sends every stream a chunk that is no record. Once.
    Garbage,
    /// Sends every stream records that no client expects, and continues. Once.
    Strange,
    /// The leader becomes a standby, which answers 307, and the next master leads; streams are closed. A single master leads again
    /// at once.
    Failover,
    /// The leader dies, and the next one knows only the registry: agents and frameworks return within a minute.
    Replace,
    /// Answers every call to a master with this status: 401, 403, 503. Lasts; open streams continue.
    Status(u16),
    /// Fails some calls to masters or agents: `call/DRAIN_AGENT/503`, or only the next of them: `once/WRITES/cut-after`.
    Call(CallFault),
    /// Sends everything at about 5 kB a second. Lasts.
    SlowBytes,
    /// The agent's endpoint closes every connection, and the master finds it disconnected. Lasts.
    StopAgent(u32),
}

/// Text that names no fault.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSuchFault(String);

impl fmt::Display for NoSuchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = "none, cut, close, cut-schedulers, close-schedulers, silence, garbage, strange, failover, replace, status-CODE, slow, stop-agent-NUMBER, or call/CALL/HOW \
             and once/CALL/HOW, where CALL is a type or WRITES, and HOW is a status, hang, hang-after, cut, cut-after, login, page-CODE, sign-on or force";
        write!(f, "'{}' is not a fault: expecting {names}", self.0)
    }
}

impl std::error::Error for NoSuchFault {}

impl FromStr for Fault {
    type Err = NoSuchFault;

    fn from_str(name: &str) -> Result<Fault, NoSuchFault> {
        let numbered = || match name.rsplit_once('-') {
            Some(("status", code)) => code.parse().ok().filter(|code| (400..600).contains(code)).map(Fault::Status),
            Some(("stop-agent", number)) => number.parse().ok().map(Fault::StopAgent),
            _ => None,
        };
        match name {
            "none" => Ok(Fault::None),
            "cut" => Ok(Fault::CutMidRecord),
            "close" => Ok(Fault::CloseStreams),
            "cut-schedulers" => Ok(Fault::CutSchedulers),
            "close-schedulers" => Ok(Fault::CloseSchedulers),
            "silence" => Ok(Fault::Silence),
            "garbage" => Ok(Fault::Garbage),
            "strange" => Ok(Fault::Strange),
            "failover" => Ok(Fault::Failover),
            "replace" => Ok(Fault::Replace),
            "slow" => Ok(Fault::SlowBytes),
            _ => name.parse().ok().map(Fault::Call).or_else(numbered).ok_or_else(|| NoSuchFault(name.to_owned())),
        }
    }
}
