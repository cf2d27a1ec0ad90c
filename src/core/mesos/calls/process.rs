//! What every Mesos process answers about itself, master and agent alike: health, flags, version, metrics, logging.
//! Nothing about the cluster.

use serde::Serialize;

use super::{AnswerPart, Call, EmptyReply, Target};
use crate::mesos::wire::agent_api;
use crate::mesos::wire::field::fields;
use crate::mesos::wire::json_form::JsonForm;
use crate::mesos::wire::time::DurationInfo;

/// Reads whether the process is healthy. Needs no authorization.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetHealth;

/// Whether the process is healthy, which it always says; a slow answer is the only way to say no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Whether the process is healthy; every answer observed says yes.
    pub healthy: bool,
}

fields! { impl<'de> Health; "healthy" => healthy }

impl Call for GetHealth {
    const TYPE: &'static str = "GET_HEALTH";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::always("healthy", JsonForm::Boolean)];
    type Reply<'a> = Health;
    type To = Target;
}

/// The flags it was started with. Refused with 403 to who may not VIEW_FLAGS.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetFlags;

impl Call for GetFlags {
    const TYPE: &'static str = "GET_FLAGS";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::always("flags", JsonForm::List)];
    type Reply<'a> = agent_api::Flags;
    type To = Target;
}

/// The version that it runs.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetVersion;

impl Call for GetVersion {
    const TYPE: &'static str = "GET_VERSION";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::always("version_info", JsonForm::Object)];
    type Reply<'a> = agent_api::Version;
    type To = Target;
}

/// Reads the metrics of a process. Those that take longer than the timeout are left out.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMetrics {
    /// Longest time to wait for metrics; `None` waits for all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<DurationInfo>,
}

impl Call for GetMetrics {
    const TYPE: &'static str = "GET_METRICS";
    const FIELD: Option<&'static str> = Some("get_metrics");
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::always("metrics", JsonForm::List)];
    type Reply<'a> = agent_api::Metrics;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        // Some twenty of each framework.
        64 << 20
    }
}

/// Reads the log verbosity of a process.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetLoggingLevel;

impl Call for GetLoggingLevel {
    const TYPE: &'static str = "GET_LOGGING_LEVEL";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::always("level", JsonForm::Number)];
    type Reply<'a> = agent_api::LoggingLevel;
    type To = Target;
}

/// Makes it log more for some time, after which it falls back by itself. Any level is accepted (PROTOCOL.md, "SET_LOGGING_LEVEL").
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SetLoggingLevel {
    /// Verbosity of glog (`v`): 0 is the usual, each higher number logs more.
    pub level: u32,
    /// Time after which the level falls back.
    pub duration: DurationInfo,
}

impl Call for SetLoggingLevel {
    const TYPE: &'static str = "SET_LOGGING_LEVEL";
    const FIELD: Option<&'static str> = Some("set_logging_level");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = Target;
}
