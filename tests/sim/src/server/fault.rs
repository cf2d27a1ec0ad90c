//! What goes wrong on request.

use std::fmt;
use std::str::FromStr;

use super::call_fault::CallFault;

/// What goes wrong. Some faults happen once, some last until `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing does, from now on; a stopped agent's port answers again, and a failover stays.
    None,
    /// Every stream stops in the middle of a record, and its connection is closed. Once.
    CutMidRecord,
    /// Every stream ends with a clean end of its body, and its connection stays open, as for an evicted subscriber. Once.
    CloseStreams,
    /// Streams say nothing, not even a heartbeat; calls are still answered. Lasts.
    Silence,
    /// Every stream gets a chunk that is no record. Once.
    Garbage,
    /// Every stream gets records that hold what no client expects, and goes on. Once.
    Strange,
    /// The leader becomes a standby, which answers 307, and the next master leads; streams are hung up. One master alone leads again at once.
    Failover,
    /// The leader dies and the next master leads, which knows the registry alone: agents and frameworks come back within a minute.
    Replace,
    /// Every call to a master is answered so: 401, 403, 503. Lasts; open streams go on.
    Status(u16),
    /// Some calls, to a master or an agent, go wrong: `call/DRAIN_AGENT/503`, or only the next of them: `once/WRITES/cut-after`.
    Call(CallFault),
    /// Everything is sent at some 5 kB a second. Lasts.
    SlowBytes,
    /// That agent's endpoint hangs up on every request, and the master finds it disconnected. Lasts.
    StopAgent(u32),
}

/// What was given instead of a fault's name.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSuchFault(String);

impl fmt::Display for NoSuchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = "none, cut, close, silence, garbage, strange, failover, replace, status-CODE, slow, stop-agent-NUMBER, or call/CALL/HOW \
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
