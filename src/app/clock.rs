//! The page's clock: one coarse `now` for all ages, and times as ages or dates, in the reader's own zone or in UTC.

use std::cell::OnceCell;
use std::time::Duration;

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::skew::Skew;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::{files, text};

use super::hooks::{self, every};
use super::link::{Link, link};
use super::storage::{load, save};

const AGES: &str = "ages";
const ZONE: &str = "zone";

#[derive(Clone, Copy)]
struct Now(RwSignal<Timestamp>);

/// What the cluster's clock says.
#[derive(Clone, Copy)]
struct ClusterNow(Memo<Timestamp>, Memo<Skew>);

/// Starts the clock.
pub(crate) fn provide() {
    let now = RwSignal::new(hooks::now());
    let status = link().status;
    let skew = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.skew).unwrap_or_default()));
    provide_context(Now(now));
    provide_context(ClusterNow(Memo::new(move |_| skew.get().at(now.get()).get()), skew));
    every(Duration::from_secs(1), move || now.set(hooks::now()));
    let zone = if load(ZONE).as_deref() == Some("utc") { Zone::Utc } else { Zone::Local };
    let times = time_display();
    times.ages.set(load(AGES).as_deref() != Some("no"));
    times.zone.set(zone);
    Effect::new(move |_| {
        save(AGES, (!times.ages.get()).then_some("no"));
        save(ZONE, (times.zone.get() == Zone::Utc).then_some("utc"));
    });
}

/// The time, to the second.
pub(crate) fn now() -> Timestamp {
    expect_context::<Now>().0.get()
}

/// How far the cluster's clock is from this machine's.
pub(crate) fn skew() -> Memo<Skew> {
    expect_context::<ClusterNow>().1
}

/// What the cluster's clock says, to the second: what the cluster dated is compared with this.
pub(crate) fn cluster_now() -> Timestamp {
    cluster_now_signal().get()
}

/// What the cluster's clock says, for closures that run where there is no context.
pub(crate) fn cluster_now_signal() -> Memo<Timestamp> {
    expect_context::<ClusterNow>().0
}

/// The clocks of the master and of agents.
#[derive(Clone, Copy)]
pub(crate) struct Clocks {
    link: Link,
    cluster: Memo<Skew>,
}

/// The clocks, for closures that run where there is no context.
pub(crate) fn clocks() -> Clocks {
    Clocks { link: link(), cluster: skew() }
}

impl Clocks {
    /// How far the clock of a file's server is from this machine's: an agent's where it was measured, else the master's.
    pub(crate) fn skew(self, of: &Target) -> Skew {
        let measured = match of {
            Target::Agent(agent) => self.link.clocks.with(|clocks| clocks.get(agent).copied()),
            Target::Master => None,
        };
        measured.unwrap_or_else(|| self.cluster.get())
    }
}

/// A function that tells the time, for closures that run where there is no context.
pub(crate) fn now_signal() -> RwSignal<Timestamp> {
    expect_context::<Now>().0
}

/// The time of day, as `21:12:04`, in the zone that was chosen.
pub(crate) fn time_of_day(at: Timestamp) -> String {
    let local = local(at, time_display().zone.get());
    local.get(11..19).unwrap_or_default().to_owned()
}

/// A time as `2026-11-22 21:12:04.123`, in the zone that was chosen.
pub(crate) fn to_the_millisecond(at: Timestamp) -> String {
    format!("{}.{:03}", local(at, time_display().zone.get()), date(at).get_milliseconds())
}

/// A time as `2026-11-22 21:12`, in the zone that was chosen, which is named where it is not the reader's own.
pub(crate) fn to_the_minute(at: Timestamp) -> String {
    let zone = time_display().zone.get();
    let local = local(at, zone);
    format!("{}{}", local.get(..16).unwrap_or(&local), if zone == Zone::Utc { " UTC" } else { "" })
}

/// A time as an input of the kind `datetime-local` has it, in the zone that was chosen.
pub(crate) fn to_input(at: Timestamp) -> String {
    local(at, time_display().zone.get()).get(..16).unwrap_or_default().replacen(' ', "T", 1)
}

/// The time that such an input says.
pub(crate) fn from_input(text: &str) -> Option<Timestamp> {
    let zone = if time_display().zone.get_untracked() == Zone::Utc { "Z" } else { "" };
    let millis = js_sys::Date::new(&format!("{text}{zone}").into()).get_time();
    (!millis.is_nan()).then(|| Timestamp::from_millis(millis))
}

/// Whose clock it is, in words.
pub(crate) fn zone_name() -> &'static str {
    match time_display().zone.get() {
        Zone::Local => "local time",
        Zone::Utc => "UTC",
    }
}

/// A time for machines to read, as `2026-11-22T21:12:04.000Z`.
pub(crate) fn utc(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

/// A time of day, today's, or one of a day, as `14:05` or `2026-11-22 14:05:00`, in the zone that was chosen unless it tells one.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let zone = time_display().zone.get_untracked();
    let today = local(hooks::now(), zone);
    let day = today.get(..10).unwrap_or_default();
    let whole = files::go_to::iso(text, day);
    let suffix = if zone == Zone::Utc { "Z" } else { "" };
    let time = |text: &str| Some(js_sys::Date::parse(text)).filter(|millis| !millis.is_nan());
    // What tells its zone has no room for another.
    time(&format!("{whole}{suffix}")).or_else(|| time(&whole)).map(Timestamp::from_millis)
}

/// The day, as `2026-11-22`, in the reader's zone.
pub(crate) fn today() -> String {
    let date = date(hooks::now());
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// The browser's own zone, as it is now.
pub(crate) fn browser_zone() -> Option<files::zone::UtcOffset> {
    files::zone::UtcOffset::east(-date(hooks::now()).get_timezone_offset() as i32)
}

fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&at.as_millis().into())
}

/// How times are shown.
#[derive(Clone, Copy)]
pub(crate) struct TimeDisplay {
    /// As an age, rather than as a date.
    pub(crate) ages: RwSignal<bool>,
    pub(crate) zone: RwSignal<Zone>,
}

/// Whose clock a date is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Local,
    Utc,
}

thread_local! {
    /// Here and not in a context: times are also drawn where there is none.
    static TIMES: OnceCell<TimeDisplay> = const { OnceCell::new() };
}

pub(crate) fn time_display() -> TimeDisplay {
    let new = || TimeDisplay { ages: RwSignal::new(true), zone: RwSignal::new(Zone::Local) };
    TIMES.with(|times| *times.get_or_init(new))
}

/// `2026-11-22 21:12:04`, by that clock.
fn local(at: Timestamp, zone: Zone) -> String {
    let shift = match zone {
        Zone::Local => date(at).get_timezone_offset() * 60_000.0,
        Zone::Utc => 0.0,
    };
    let shifted = js_sys::Date::new(&(at.as_millis() - shift).into());
    // A time that no calendar has.
    if shifted.get_time().is_nan() {
        return "–".to_owned();
    }
    let iso = String::from(shifted.to_iso_string());
    iso.get(..19).unwrap_or(&iso).replacen('T', " ", 1)
}

/// The date as far as it is needed: of today the time alone.
fn brief(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let (at, today) = (local(at, zone), local(now, zone));
    match (at.get(..10), at.get(11..)) {
        (Some(day), Some(time)) if today.starts_with(day) => time.to_owned(),
        (Some(day), Some(time)) if today.get(..4) == day.get(..4) => {
            format!("{} {}", day.get(5..).unwrap_or_default(), time.get(..5).unwrap_or_default())
        }
        _ => at,
    }
}

/// A moment that the cluster dated, also one to come: how long ago, or when, as was chosen; the other is reported when pointed at.
#[component]
pub(crate) fn Ago(at: Timestamp) -> impl IntoView {
    ago_said(at, cluster_now_signal().into(), None, text::ago)
}

/// A moment dated by a clock that is so far ahead of the cluster's.
#[component]
pub(crate) fn AgoWithSkew(at: Timestamp, ahead: Nanoseconds) -> impl IntoView {
    let cluster = cluster_now_signal();
    ago_said(at, Signal::derive(move || cluster.get() + ahead), text::dated_by(ahead), text::ago_at_most_now)
}

/// A moment that an agent dated, by that agent's clock where it is known.
#[component]
pub(crate) fn AgoByAgentClock(
    agent: AgentId,
    at: Timestamp,
    /// How far the agent's clock is ahead of the cluster's by its events.
    #[prop(optional)]
    ahead: Nanoseconds,
) -> impl IntoView {
    let (clocks, here, cluster) = (link().clocks, now_signal(), cluster_now_signal());
    let there = move || match clocks.with(|clocks| clocks.get(&agent).copied()) {
        Some(skew) => skew.at(here.get()).get(),
        None => cluster.get() + ahead,
    };
    ago_said(at, Signal::derive(there), text::dated_by(ahead), text::ago_at_most_now)
}

/// A moment by this machine's own clock.
#[component]
pub(crate) fn AgoByBrowserClock(at: Timestamp) -> impl IntoView {
    ago_said(at, now_signal().into(), None, text::ago)
}

/// `by` says whose clock it is, where that is not the master's.
fn ago_said(
    at: Timestamp,
    now: Signal<Timestamp>,
    by: Option<String>,
    words: fn(Timestamp, Timestamp) -> String,
) -> impl IntoView {
    let by = by.map(|by| format!(" {by}")).unwrap_or_default();
    let TimeDisplay { ages, zone } = time_display();
    let age = move || words(at, now.get());
    let whole = move || {
        let zone = zone.get();
        format!("{}{}{by}", local(at, zone), if zone == Zone::Utc { " UTC" } else { "" })
    };
    let shown = move || if ages.get() { age() } else { brief(at, now.get(), zone.get()) };
    let iso = (!date(at).get_time().is_nan()).then(|| utc(at));
    view! { <time datetime=iso title=whole>{shown}</time> }
}
