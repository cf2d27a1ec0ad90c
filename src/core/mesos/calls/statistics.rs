//! How a container stands and what it uses (include/mesos/v1/mesos.proto, ContainerStatus and ResourceStatistics).
//! A figure that the agent's isolators do not measure is absent, never zero.

use serde::Deserialize;

use super::resource::Rest;
use super::values::Labels;
use crate::mesos::calls::container_path::ContainerPath;
use crate::mesos::wire::scalar::{Double, Integer, Text};

/// What the agent's isolators say of a container.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ContainerStatus<'a> {
    /// With its parents.
    pub container_id: Option<ContainerPath>,
    #[serde(borrow)]
    pub network_infos: Vec<NetworkInfo<'a>>,
    pub cgroup_info: Rest,
    pub executor_pid: Option<Integer>,
}

/// A network that it is in.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct NetworkInfo<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    pub ip_addresses: Vec<IpAddress<'a>>,
    pub groups: Vec<Text<'a>>,
    pub labels: Labels,
    pub port_mappings: Vec<PortMapping<'a>>,
}

/// An address in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IpAddress<'a> {
    /// IPv4 or IPv6.
    #[serde(borrow)]
    pub protocol: Text<'a>,
    pub ip_address: Text<'a>,
}

/// A port of the host that leads into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PortMapping<'a> {
    pub host_port: Integer,
    pub container_port: Integer,
    #[serde(borrow)]
    pub protocol: Text<'a>,
}

/// What a container uses. Names say the unit; counters count from its start.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ResourceStatistics<'a> {
    /// Seconds since 1970.
    pub timestamp: Double,
    pub processes: Option<Integer>,
    pub threads: Option<Integer>,

    pub cpus_user_time_secs: Option<Double>,
    pub cpus_system_time_secs: Option<Double>,
    /// How many cpus it may use; absent where it is not held to them.
    pub cpus_limit: Option<Double>,
    /// How many it asked for.
    pub cpus_soft_limit: Option<Double>,
    pub cpus_nr_periods: Option<Integer>,
    pub cpus_nr_throttled: Option<Integer>,
    pub cpus_throttled_time_secs: Option<Double>,

    pub mem_total_bytes: Option<Integer>,
    pub mem_total_memsw_bytes: Option<Integer>,
    pub mem_limit_bytes: Option<Integer>,
    pub mem_soft_limit_bytes: Option<Integer>,
    pub mem_file_bytes: Option<Integer>,
    pub mem_anon_bytes: Option<Integer>,
    pub mem_cache_bytes: Option<Integer>,
    pub mem_rss_bytes: Option<Integer>,
    pub mem_mapped_file_bytes: Option<Integer>,
    pub mem_swap_bytes: Option<Integer>,
    pub mem_unevictable_bytes: Option<Integer>,
    pub mem_low_pressure_counter: Option<Integer>,
    pub mem_medium_pressure_counter: Option<Integer>,
    pub mem_critical_pressure_counter: Option<Integer>,

    pub disk_limit_bytes: Option<Integer>,
    pub disk_used_bytes: Option<Integer>,
    #[serde(borrow)]
    pub disk_statistics: Vec<DiskStatistics<'a>>,

    pub net_rx_packets: Option<Integer>,
    pub net_rx_bytes: Option<Integer>,
    pub net_rx_errors: Option<Integer>,
    pub net_rx_dropped: Option<Integer>,
    pub net_tx_packets: Option<Integer>,
    pub net_tx_bytes: Option<Integer>,
    pub net_tx_errors: Option<Integer>,
    pub net_tx_dropped: Option<Integer>,

    /// What this build has no name for: perf, block devices, traffic control.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Of one volume, or of the sandbox if it names none.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct DiskStatistics<'a> {
    pub source: Rest,
    #[serde(borrow)]
    pub persistence: Option<Volume<'a>>,
    pub limit_bytes: Option<Integer>,
    pub used_bytes: Option<Integer>,
}

/// The volume's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Volume<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    pub principal: Text<'a>,
}
