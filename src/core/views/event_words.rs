//! An event's field and values in single words and amounts, which filters match and the table shows. Sentences are in `text`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::agents::{self, AgentState};
use super::frameworks::{self, FrameworkState};
use crate::base::civil;
use crate::base::units::{Quantities, Timestamp, digits, in_largest_unit};
use crate::cluster::change::{ChangeKind, ChangeValue, ChangedField};
use crate::cluster::role::MachineMode;
use crate::mesos::calls::quota::QuotaConfig;
use crate::mesos::calls::values::Scalar;
use crate::mesos::wire::state::TaskState;
use crate::mesos::wire::time::Unavailability;

/// The state that an event brought, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventState {
    /// A task's state.
    Task(TaskState),
    /// An agent's state.
    Agent(AgentState),
    /// A framework's state.
    Framework(FrameworkState),
    /// The object was added or registered again, or the connection came back.
    Added,
    /// The object left, or is not listed any more.
    Removed,
    /// Another value changed.
    Other,
}

/// The state that a change brought.
pub(super) fn state_of(what: &ChangeKind) -> EventState {
    match what {
        ChangeKind::Added | ChangeKind::Reregistered | ChangeKind::Reconnected => EventState::Added,
        ChangeKind::Removed | ChangeKind::Unlisted => EventState::Removed,
        ChangeKind::Updated => EventState::Other,
        ChangeKind::Field { new, .. } => state_in(new),
    }
}

/// The state that a value is.
fn state_in(value: &ChangeValue) -> EventState {
    match value {
        ChangeValue::Task(state) => EventState::Task(*state),
        ChangeValue::Agent(status) => EventState::Agent(agents::state_of(*status)),
        ChangeValue::Framework(status) => EventState::Framework(frameworks::state_of(*status)),
        ChangeValue::None
        | ChangeValue::Text(_)
        | ChangeValue::Number(_)
        | ChangeValue::Amounts(_)
        | ChangeValue::Quota(_)
        | ChangeValue::Window(_)
        | ChangeValue::Mode(_) => EventState::Other,
    }
}

/// The changed field, and its old and new value. Without a field, the new value is the change itself, such as `added`.
pub(super) fn change(what: &ChangeKind) -> (Cow<'_, str>, Cow<'_, str>, Cow<'_, str>) {
    let whole = |word: &'static str| (Cow::Borrowed(""), Cow::Borrowed(""), Cow::Borrowed(word));
    match what {
        ChangeKind::Added => whole("added"),
        ChangeKind::Updated => whole("updated"),
        ChangeKind::Reregistered => whole("re-registered"),
        ChangeKind::Removed => whole("removed"),
        ChangeKind::Unlisted => whole("unlisted"),
        ChangeKind::Reconnected => whole("reconnected"),
        ChangeKind::Field { field: name, old, new } => (Cow::Borrowed(field(name)), value(old, name), value(new, name)),
    }
}

fn field(field: &ChangedField) -> &str {
    match field {
        ChangedField::State => "state",
        ChangedField::Resources => "resources",
        ChangedField::Version => "version",
        ChangedField::Attributes => "attributes",
        ChangedField::Hostname => "hostname",
        ChangedField::Address => "address",
        ChangedField::Domain => "domain",
        ChangedField::Name => "name",
        ChangedField::Roles => "roles",
        ChangedField::Quota => "quota",
        ChangedField::Weight => "weight",
        ChangedField::Window => "window",
        ChangedField::Mode => "mode",
        ChangedField::Leader => "leader",
        ChangedField::Flag(name) => name,
    }
}

fn value<'a>(value: &'a ChangeValue, field: &ChangedField) -> Cow<'a, str> {
    match value {
        ChangeValue::None => Cow::Borrowed(absent(field)),
        ChangeValue::Text(text) => Cow::Borrowed(text),
        ChangeValue::Number(number) => Cow::Owned(digits(*number)),
        ChangeValue::Amounts(amounts) => Cow::Owned(resources(*amounts)),
        ChangeValue::Quota(config) => Cow::Owned(quota(config)),
        ChangeValue::Window(when) => when.map_or(Cow::Borrowed("unreadable"), |when| Cow::Owned(window(when))),
        ChangeValue::Mode(MachineMode::Draining) => Cow::Borrowed("draining"),
        ChangeValue::Mode(MachineMode::Down) => Cow::Borrowed("down"),
        ChangeValue::Task(_) | ChangeValue::Agent(_) | ChangeValue::Framework(_) => Cow::Borrowed(state(value)),
    }
}

fn state(value: &ChangeValue) -> &'static str {
    match state_in(value) {
        EventState::Task(state) => state.name(),
        EventState::Agent(state) => state.name(),
        EventState::Framework(state) => state.name(),
        EventState::Added | EventState::Removed | EventState::Other => "",
    }
}

/// What an absent value means to Mesos: a machine that is not listed is up, and a role without a weight has 1.
const fn absent(field: &ChangedField) -> &'static str {
    match field {
        ChangedField::Weight => "1 (default)",
        ChangedField::Mode => "up",
        ChangedField::Flag(_) => "unset",
        // A task that was added had no state.
        ChangedField::State => "",
        ChangedField::Quota
        | ChangedField::Window
        | ChangedField::Resources
        | ChangedField::Version
        | ChangedField::Attributes
        | ChangedField::Hostname
        | ChangedField::Address
        | ChangedField::Domain
        | ChangedField::Name
        | ChangedField::Roles
        | ChangedField::Leader => "none",
    }
}

/// An amount with its unit: `mem` and `disk` are in MiB.
fn amount(name: &str, number: f64) -> String {
    match name {
        "mem" | "disk" => {
            let (number, unit) = in_largest_unit(number);
            format!("{} {} {}", name, digits(number), unit)
        }
        _ => format!("{} {}", name, digits(number)),
    }
}

/// `cpus 4, mem 8 GiB`: the amounts that are not nothing.
fn resources(of: Quantities) -> String {
    const MEBIBYTE: f64 = 1_048_576.0;
    let (mem, disk) = (of.mem.as_f64() / MEBIBYTE, of.disk.as_f64() / MEBIBYTE);
    let all = [("cpus", of.cpus.as_f64()), ("mem", mem), ("disk", disk), ("gpus", of.gpus.as_f64())];
    let amounts = all.into_iter().filter(|(_, number)| *number != 0.0).map(|(name, number)| amount(name, number));
    let amounts: Vec<String> = amounts.collect();
    if amounts.is_empty() { "none".to_owned() } else { amounts.join(", ") }
}

fn quota(config: &QuotaConfig) -> String {
    let amounts = |name: &str, amounts: &BTreeMap<String, Scalar>| {
        let listed: Vec<String> = amounts.iter().map(|(name, scalar)| amount(name, scalar.value)).collect();
        (!amounts.is_empty()).then(|| format!("{} {}", name, listed.join(", ")))
    };
    let parts = [amounts("guarantee", &config.guarantees), amounts("limit", &config.limits)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// A window in UTC, since the page's own zone is not known here: `2026-11-29 02:00 UTC – 2026-11-29 04:00 UTC`.
fn window(when: Unavailability) -> String {
    let start = when.start.at();
    let end = when.duration.map_or_else(|| "open-ended".to_owned(), |length| minute(start + length.length()));
    format!("{} – {}", minute(start), end)
}

fn minute(at: Timestamp) -> String {
    const MINUTE: i64 = 60_000_000_000;
    let minutes = at.0.div_euclid(MINUTE);
    let (days, of_day) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let (year, month, day) = civil::date(days);
    format!("{:04}-{:02}-{:02} {:02}:{:02} UTC", year, month, day, of_day / 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{Bytes, Cpus, Gpus, Nanoseconds};

    #[test]
    fn amounts_have_units() {
        let mem = Bytes::from_mebibytes(8192.0);
        let of = Quantities { cpus: Cpus::from_scalar(1.5), gpus: Gpus::from_scalar(1.0), mem, disk: Bytes::new(0) };
        assert_eq!(resources(of), "cpus 1.5, mem 8 GiB, gpus 1");
        assert_eq!(resources(Quantities::NONE), "none");
        let scalar = |value: f64| Scalar { value };
        let config = QuotaConfig {
            role: "eng".into(),
            guarantees: BTreeMap::from([("cpus".to_owned(), scalar(4.0)), ("mem".to_owned(), scalar(512.0))]),
            limits: BTreeMap::from([("cpus".to_owned(), scalar(8.0))]),
        };
        assert_eq!(quota(&config), "guarantee cpus 4, mem 512 MiB; limit cpus 8");
    }

    #[test]
    fn windows_are_in_utc() {
        let at = Timestamp(1_795_917_600_000_000_000);
        let hours = |hours: i64| Some(Nanoseconds::from_secs(hours * 3600).into());
        let words = |duration| window(Unavailability { start: at.into(), duration });
        assert_eq!(words(hours(4)), "2026-11-29 02:00 UTC – 2026-11-29 06:00 UTC");
        assert_eq!(words(None), "2026-11-29 02:00 UTC – open-ended");
    }
}
