//! Clock of the page: one coarse `now` for all ages, and times as ages or dates in the local zone or UTC.
//!
//! Absolute times are closures that read the setting, and carry the name of their zone.

use std::cell::OnceCell;
use std::time::Duration;

use leptos::prelude::*;
use mesoscope_core::actions::window_time::ScreenZone;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::skew::Skew;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::text::times::ZonedTime;
use mesoscope_core::{files, text};

use super::hooks::{self, every};
use super::storage::{load, save};
use super::worker_link::{WorkerLink, link};
use super::zone_names;

const AGES: &str = "ages";
const ZONE: &str = "zone";

#[derive(Clone, Copy)]
struct Now(RwSignal<Timestamp>);

/// The cluster's clock.
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
        let names = if times.ages.get() { "ages" } else { "dates" };
        let _ = document().document_element().map(|root| root.set_attribute("data-times", names));
        save(AGES, (!times.ages.get()).then_some("no"));
        save(ZONE, (times.zone.get() == Zone::Utc).then_some("utc"));
    });
}

/// Current time, to the second.
pub(crate) fn now() -> Timestamp {
    expect_context::<Now>().0.get()
}

/// Skew between the cluster's clock and this machine's.
pub(crate) fn skew() -> Memo<Skew> {
    expect_context::<ClusterNow>().1
}

/// Cluster time to the second, for comparison with the cluster's timestamps.
pub(crate) fn cluster_now() -> Timestamp {
    cluster_now_signal().get()
}

/// Cluster time, for closures that run without a context.
pub(crate) fn cluster_now_signal() -> Memo<Timestamp> {
    expect_context::<ClusterNow>().0
}

/// Clocks of the master and of agents.
#[derive(Clone, Copy)]
pub(crate) struct Clocks {
    link: WorkerLink,
    cluster: Memo<Skew>,
}

/// The clocks, for closures that run without a context.
pub(crate) fn clocks() -> Clocks {
    Clocks { link: link(), cluster: skew() }
}

impl Clocks {
    /// Skew of a file server's clock: the agent's if measured, otherwise the master's.
    pub(crate) fn skew(self, of: &Target) -> Skew {
        let measured = match of {
            Target::Agent(agent) => self.link.clocks.with(|clocks| clocks.get(agent).copied()),
            Target::Master => None,
        };
        measured.unwrap_or_else(|| self.cluster.get())
    }
}

/// Current time, for closures that run without a context.
pub(crate) fn now_signal() -> RwSignal<Timestamp> {
    expect_context::<Now>().0
}

/// A moment in the chosen zone. Reads the setting, so call it where the text is drawn.
pub(crate) fn zoned(at: Timestamp) -> ZonedTime {
    in_zone(at, time_display().zone.get())
}

/// Draws the time of day with its zone, `21:12:04 EST`. A closure, so that no drawn time outlives a change of the setting.
pub(crate) fn time_of_day(at: Timestamp) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || zoned(at).time_of_day()
}

/// Draws a time with its zone: `2026-11-22 21:12:04.123 EST`.
pub(crate) fn to_the_millisecond(at: Timestamp) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || zoned(at).millisecond()
}

/// Draws a time with its zone: `2026-11-22 21:12 EST`.
pub(crate) fn to_the_minute(at: Timestamp) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || zoned(at).minute()
}

/// Times of a window in the chosen zone: `Nov 29, 02:00–04:00 EST`. Reads the setting and the clock.
pub(crate) fn window_times(start: Timestamp, length: Option<Nanoseconds>) -> String {
    let end = length.map(|length| zoned(start + length));
    // The year alone is of interest, so that the text does not change with each second.
    text::times::window(&zoned(start), end.as_ref(), &zoned(hooks::now()))
}

/// Gives the chosen zone to `read`, for times that a user types. Reads the setting.
pub(crate) fn in_chosen_zone<T>(read: impl FnOnce(ScreenZone<'_>) -> T) -> T {
    let zone = time_display().zone.get();
    let east = move |at| if zone == Zone::Utc { 0 } else { seconds_east(at) };
    let name = move |at| in_zone(at, zone).zone().to_owned();
    read(ScreenZone { east: &east, name: &name })
}

/// Draws the name that the chosen zone has now: `EST`.
pub(crate) fn zone_name() -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || zoned(hooks::now()).zone().to_owned()
}

/// Machine-readable UTC time: `2026-11-22T21:12:04.000Z`.
pub(crate) fn utc(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

/// Parses a time such as `14:05` (today) or `2026-11-22 14:05:00`, in the chosen zone unless it names one.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let zone = time_display().zone.get_untracked();
    let today = in_zone(hooks::now(), zone).field();
    let day = today.get(..10).unwrap_or_default();
    let whole = files::go_to::iso_date(text, day);
    let suffix = if zone == Zone::Utc { "Z" } else { "" };
    let time = |text: &str| Some(js_sys::Date::parse(text)).filter(|millis| !millis.is_nan());
    // A text with a zone fails to parse with a second one.
    time(&format!("{whole}{suffix}")).or_else(|| time(&whole)).map(Timestamp::from_millis)
}

/// Local date: `2026-11-22`.
pub(crate) fn today() -> String {
    let date = date(hooks::now());
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// Current UTC offset of the browser.
pub(crate) fn browser_zone() -> Option<files::zone::UtcOffset> {
    files::zone::UtcOffset::east(-date(hooks::now()).get_timezone_offset() as i32)
}

fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&at.as_millis().into())
}

/// Display settings of times.
#[derive(Clone, Copy)]
pub(crate) struct TimeDisplay {
    /// Whether times are shown as ages.
    pub(crate) ages: RwSignal<bool>,
    pub(crate) zone: RwSignal<Zone>,
}

/// Zone of displayed dates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Local,
    Utc,
}

thread_local! {
    /// Not in a context, since times are also formatted without one.
    static TIMES: OnceCell<TimeDisplay> = const { OnceCell::new() };
}

pub(crate) fn time_display() -> TimeDisplay {
    let new = || TimeDisplay { ages: RwSignal::new(true), zone: RwSignal::new(Zone::Local) };
    TIMES.with(|times| *times.get_or_init(new))
}

fn in_zone(at: Timestamp, zone: Zone) -> ZonedTime {
    match zone {
        Zone::Local => {
            let east = seconds_east(at);
            ZonedTime::new(at, east, zone_names::local(at, east))
        }
        Zone::Utc => ZonedTime::new(at, 0, "UTC".to_owned()),
    }
}

/// Offset of the browser's zone at a moment, in seconds east of UTC.
fn seconds_east(at: Timestamp) -> i64 {
    // Offsets were not whole minutes before zones were introduced; the browser rounds those.
    -(date(at).get_timezone_offset() * 60.0) as i64
}

/// A cluster timestamp, past or future, as an age or a date as chosen; the tooltip has the other.
#[component]
pub(crate) fn Ago(at: Timestamp) -> impl IntoView {
    ago_said(at, cluster_now_signal().into(), None, text::ago)
}

/// A timestamp by a clock that is `ahead` of the cluster's.
#[component]
pub(crate) fn AgoWithSkew(at: Timestamp, ahead: Nanoseconds) -> impl IntoView {
    let cluster = cluster_now_signal();
    ago_said(at, Signal::derive(move || cluster.get() + ahead), text::dated_by(ahead), text::ago_at_most_now)
}

/// A timestamp by an agent's clock, corrected if its skew is known.
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

/// A timestamp by this machine's clock.
#[component]
pub(crate) fn AgoByBrowserClock(at: Timestamp) -> impl IntoView {
    ago_said(at, now_signal().into(), None, text::ago)
}

/// Renders a timestamp; `by` names the clock if it is not the master's.
fn ago_said(
    at: Timestamp,
    now: Signal<Timestamp>,
    by: Option<String>,
    words: fn(Timestamp, Timestamp) -> String,
) -> impl IntoView {
    let by = by.map(|by| format!(" {by}")).unwrap_or_default();
    let ages = time_display().ages;
    let age = move || words(at, now.get());
    let whole = move || format!("{}{by}", zoned(at).second());
    let shown = move || if ages.get() { age() } else { zoned(at).brief(&zoned(now.get())) };
    view! { <time datetime=utc(at) title=whole>{shown}</time> }
}
