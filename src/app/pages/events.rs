//! Table of events: every change of the cluster since the page was opened.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::text::events::found;
use mesoscope_core::views::events::{EventColumn, EventRow};

use crate::clock::{Ago, utc, zoned};
use crate::parts::change_feed::{subject_name, subject_route};
use crate::parts::state_badges::event_state;
use crate::parts::table::{TableSpec, table_page};
use crate::widgets::grid::column::{Column, RowLink};

type Col = Column<EventRow>;

static COLUMNS: [Col; 8] = [
    Col::words(EventColumn::Time.name(), "Time", "calc(110px + var(--date-room))", Some("28%"), |row| {
        row.at.0.to_string()
    })
    .drawn(time)
    .exported_as(&[("Time", |row| utc(row.at))]),
    Col::words(EventColumn::Kind.name(), "Kind", "105px", None, |row| row.kind.name().to_owned()),
    Col::words(EventColumn::Object.name(), "Object", "220px", Some("40%"), |row| subject_name(&row.subject))
        .drawn(object)
        .exported_as(&[
            ("Object", |row| subject_name(&row.subject)),
            ("Object ID", |row| row.subject.named().0.to_owned()),
        ]),
    Col::words(EventColumn::Field.name(), "Field", "90px", None, |row| row.field.clone()),
    Col::words(EventColumn::Old.name(), "Old", "105px", None, |row| row.old.clone()),
    Col::words(EventColumn::New.name(), "New", "125px", Some("32%"), |row| row.new.clone())
        .drawn(|row| event_state(row.state, &row.new)),
    Col::words(EventColumn::Reason.name(), "Reason", "150px", None, |row| row.reason.clone()),
    Col::words(EventColumn::Message.name(), "Message", "300px", None, |row| row.message.clone()),
];

fn time(row: &EventRow) -> AnyView {
    let (source, at) = (row.source, row.at);
    let found = move || found(source, at, |at| zoned(at).millisecond());
    view! { <span title=found><Ago at/></span> }.into_any()
}

fn object(row: &EventRow) -> AnyView {
    let name = subject_name(&row.subject);
    let title = row.subject.named().0.to_owned();
    match subject_route(&row.subject) {
        Some(route) => view! { <a tabindex="-1" href=route.to_string() title=title>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    }
}

fn opens(row: &EventRow) -> RowLink {
    let href = subject_route(&row.subject).map(|route| route.to_string()).unwrap_or_default();
    RowLink::new(href, row.subject.named().0.to_owned())
}

/// Renders the page.
#[component]
pub(crate) fn EventsPage() -> impl IntoView {
    let table: TableSpec<EventColumn> = TableSpec {
        name: "events",
        label: "Events",
        hint: "changed<10m, kind:agent, state:failed, object:web*, role:eng, field:quota …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Events(table) => Some(table),
            _ => None,
        },
        there: Route::Events,
        parts: TOPICS,
        key: |row| row.serial.to_string(),
        opens,
        actions: None,
        none: (
            FilteredList::Tasks,
            "No changes yet",
            "Changes of tasks, agents, frameworks, roles and maintenance appear here.",
        ),
    };
    table_page(table)
}

/// Topics whose changes have no event.
const TOPICS: &[Topic] =
    &[Topic::Agents, Topic::Frameworks, Topic::Weights, Topic::Quota, Topic::Schedule, Topic::Machines];
