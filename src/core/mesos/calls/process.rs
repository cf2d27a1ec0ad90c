//! What every Mesos process answers about itself, master and agent alike: health, flags, version, metrics, logging.
//! Nothing about the cluster.

use serde::{Deserialize, Serialize};

use super::values::DurationInfo;
use super::{Call, Done, Target};
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Double, Integer, Text};

/// Whether the process is well. It answers this without authorization.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetHealth;

/// It is; a slow answer is the only way to say no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Health {
    pub healthy: bool,
}

impl Call for GetHealth {
    const TYPE: &'static str = "GET_HEALTH";
    const READS: bool = true;
    type Reply<'a> = Health;
    type To = Target;
}

/// The flags it was started with. Refused with 403 to who may not VIEW_FLAGS.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetFlags;

/// All flags, defaults included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Flags<'a> {
    #[serde(borrow)]
    pub flags: Vec<Flag<'a>>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Flag<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    pub value: Text<'a>,
}

impl Call for GetFlags {
    const TYPE: &'static str = "GET_FLAGS";
    const READS: bool = true;
    type Reply<'a> = Flags<'a>;
    type To = Target;
}

fields! { impl<'de> Flags<'de>; "flags" => flags }
fields! { impl<'de> Flag<'de>, identified by |flag| !flag.name.as_str().is_empty(); "name" => name, "value" => value }

/// The version that it runs.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetVersion;

/// It, in its message.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Version<'a> {
    #[serde(borrow)]
    pub version_info: VersionInfo<'a>,
}

/// The version and how it was built.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct VersionInfo<'a> {
    #[serde(borrow)]
    pub version: Text<'a>,
    pub build_date: Text<'a>,
    /// Seconds since 1970.
    pub build_time: Double,
    pub build_user: Text<'a>,
    pub git_sha: Text<'a>,
    pub git_branch: Text<'a>,
    pub git_tag: Text<'a>,
}

impl Call for GetVersion {
    const TYPE: &'static str = "GET_VERSION";
    const READS: bool = true;
    type Reply<'a> = Version<'a>;
    type To = Target;
}

/// Its figures. Those that take longer than the timeout are left out.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMetrics {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<DurationInfo>,
}

/// All figures, in an order of Mesos' own.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Metrics<'a> {
    #[serde(borrow)]
    pub metrics: Vec<Metric<'a>>,
}

/// One of them, as `master/slaves_active`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Metric<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Absent while it has none.
    pub value: Option<Double>,
}

fields! { impl<'de> Metrics<'de>; "metrics" => metrics }
fields! { impl<'de> Metric<'de>, identified by |metric| !metric.name.as_str().is_empty(); "name" => name, "value" => value }

impl Metrics<'_> {
    /// The figure of that name.
    pub fn value(&self, name: &str) -> Option<f64> {
        let metric = self.metrics.iter().find(|metric| metric.name.as_str() == name)?;
        metric.value.map(|value| value.0)
    }
}

impl Call for GetMetrics {
    const TYPE: &'static str = "GET_METRICS";
    const FIELD: Option<&'static str> = Some("get_metrics");
    const READS: bool = true;
    type Reply<'a> = Metrics<'a>;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        // Some twenty of each framework.
        64 << 20
    }
}

/// How much it logs.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetLoggingLevel;

/// glog's verbosity: 0, and 1 to 3 for libprocess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LoggingLevel {
    pub level: Integer,
}

impl Call for GetLoggingLevel {
    const TYPE: &'static str = "GET_LOGGING_LEVEL";
    const READS: bool = true;
    type Reply<'a> = LoggingLevel;
    type To = Target;
}

/// Makes it log more for some time, after which it falls back by itself. Any level is accepted (PROTOCOL.md, "SET_LOGGING_LEVEL").
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SetLoggingLevel {
    pub level: u32,
    pub duration: DurationInfo,
}

impl Call for SetLoggingLevel {
    const TYPE: &'static str = "SET_LOGGING_LEVEL";
    const FIELD: Option<&'static str> = Some("set_logging_level");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = Target;
}
