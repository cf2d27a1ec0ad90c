//! Page of one offer, operation or role: its table row, its content and its JSON.

use leptos::prelude::*;
use mesoscope_core::base::ids::{FrameworkId, Role};
use mesoscope_core::base::units::Bytes;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Fetched;
use mesoscope_core::mesos::wire::detail::DetailedResource;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::{self, entries, link_filters, titles};
use mesoscope_core::views::entry::EntryQuery;
use mesoscope_core::views::entry::{EntryDetail, EntryKey, EntryKind};
use mesoscope_core::views::offers::OfferRow;
use mesoscope_core::views::operations::OperationRow;
use mesoscope_core::views::roles::{DominantShare, QuotaRow, RoleAmount, RoleRow};
use mesoscope_core::views::tasks::TaskColumn;
use mesoscope_core::{actions, checks::eligibility};

use crate::actions::Proposal;
use crate::actions::pool::PoolProposal;
use crate::parts::absent::{NotFoundNotice, known_or_absent};
use crate::parts::action::control::{ActionChoice, action_menu};
use crate::parts::byte_cell::{ByteUnit, bytes_in};
use crate::parts::data_age::{DataAge, empty_list_text};
use crate::parts::detail::{DetailResponse, ago_or_dash, fact, or_dash, resources, slice, untrusted_text};
use crate::parts::figure::counted_others;
use crate::parts::links::{agent_fact, framework_link, none, role_link};
use crate::parts::state_badges::operation_state;
use crate::parts::tasks::TaskLists;
use crate::parts::unreadable::unreadable_fields;
use crate::widgets::code::Code;
use crate::widgets::copy::Copy;
use crate::widgets::panel::Panel;
use crate::worker_link::link;
use mesoscope_core::text::scalar;

/// Noun of the object, and the page that lists all.
struct Kind {
    of: &'static str,
    all: &'static str,
    why: &'static str,
    list: Route,
    parts: &'static [Topic],
}

impl Kind {
    fn of(key: &EntryKey) -> Self {
        let table = TableParams::default();
        match key {
            EntryKey::Offer(_) => Self {
                of: "offer",
                all: "Offers",
                why: entries::NO_OFFER,
                list: Route::Offers(table),
                parts: &[Topic::Frameworks],
            },
            EntryKey::Operation(_) => Self {
                of: "operation",
                all: "Operations",
                why: entries::NO_OPERATION,
                list: Route::Operations(table),
                parts: &[Topic::Operations],
            },
            EntryKey::Role(_) => Self {
                of: "role",
                all: "Roles",
                why: entries::NO_ROLE,
                list: Route::Roles(table),
                parts: &[Topic::Roles, Topic::Weights, Topic::Quota],
            },
        }
    }
}

/// Renders the page.
#[component]
pub(crate) fn EntryPage(key: EntryKey) -> impl IntoView {
    let asked = key.clone();
    let detail: DetailResponse<EntryDetail> = link().watch(move || EntryQuery(asked.clone()));
    let kind = Kind::of(&key);
    let (EntryKey::Offer(name) | EntryKey::Operation(name) | EntryKey::Role(Role(name))) = key.clone();
    let sought =
        NotFoundNotice { name: format!("{} {name}", kind.of), why: kind.why, see_also: (kind.list.clone(), kind.all) };
    let title = match &key {
        EntryKey::Role(_) => name.clone(),
        EntryKey::Offer(_) => format!("Offer {}", text::short_id(&name)),
        EntryKey::Operation(_) => "Operation".to_owned(),
    };
    let role = match key {
        EntryKey::Role(role) => Some(role),
        _ => None,
    };
    view! {
        <div class="head">
            <a class="crumb" href=kind.list.to_string()>{kind.all}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            <DataAge parts=kind.parts/>
            {role.map(|role| view! { <div class="tools">{action_menu(Signal::stored(choices(role)))}</div> })}
        </div>
        {known_or_absent(detail, sought, move || known(detail))}
    }
}

fn choices(role: Role) -> Vec<ActionChoice> {
    vec![
        ActionChoice {
            name: "Quota",
            disabled_reason: eligibility::set_quota(&role).err(),
            proposal: Proposal::Quotas(vec![role.clone()]),
        },
        ActionChoice { name: "Weight", disabled_reason: None, proposal: Proposal::Weights(vec![(role.clone(), None)]) },
        ActionChoice {
            name: "Reserve resources",
            disabled_reason: None,
            proposal: Proposal::Pool(PoolProposal::Reserve {
                agents: Vec::new(),
                role: Some(role.clone()),
                from: Vec::new(),
            }),
        },
        ActionChoice {
            name: titles::RUN,
            disabled_reason: None,
            proposal: Proposal::Run(RunParams::in_role(role.as_str())),
        },
    ]
}

fn known(detail: DetailResponse<EntryDetail>) -> AnyView {
    let what = slice(detail, |detail| Some(detail.what.clone()));
    let parts = slice(detail, |detail| detail.json.iter().map(|(part, _)| *part).collect::<Vec<_>>());
    let json_of = move |part: Topic| {
        let of = move |entry: &EntryDetail| {
            entry.json.iter().find(|(other, _)| *other == part).map(|(_, json)| json.clone())
        };
        let json = Memo::new(move |_| {
            detail.with(|detail| detail.as_ref().and_then(|detail| of(detail.as_ref().ok()?)).unwrap_or_default())
        });
        view! { <Code title=reported_in(part) text=json.into()/> }
    };
    let shown = move || {
        what.get().map(|what| match what {
            EntryKind::Offer(row, of) => offer(&row, &of),
            EntryKind::Operation(row, of) => operation(&row, &of),
            EntryKind::Role { row, frameworks, below } => role(&row, &frameworks, &below),
        })
    };
    let role_of = slice(detail, |detail| match &detail.what {
        EntryKind::Role { row, .. } => Some(row.name.clone()),
        EntryKind::Offer(..) | EntryKind::Operation(..) => None,
    });
    let tasks =
        move || role_of.get().map(|role| view! { <TaskLists term=format!("role:{role}/") without=TaskColumn::Role/> });
    let unreadable = unreadable_fields(slice(detail, |detail| detail.unreadable.clone()));
    view! { {unreadable}{shown}{tasks}{move || parts.get().into_iter().map(json_of).collect_view()} }.into_any()
}

fn reported_in(part: Topic) -> &'static str {
    match part {
        Topic::Roles => "Raw JSON (GET_ROLES)",
        Topic::Quota => "Raw JSON (GET_QUOTA)",
        _ => "Raw JSON",
    }
}

fn id(id: &str, label: &'static str) -> AnyView {
    if id.is_empty() {
        return none();
    }
    view! { <span class="mono">{id.to_owned()}</span><Copy text=Signal::stored(id.to_owned()) label/> }.into_any()
}

fn made_of(label: &'static str, rows: &[DetailedResource]) -> AnyView {
    let table = resources(label, rows);
    view! { <Panel title="Resources">{table}</Panel> }.into_any()
}

fn offer(row: &OfferRow, of: &[DetailedResource]) -> AnyView {
    let facts = view! {
        <dl class="facts">
            {fact("ID", id(&row.id, "the offer's id"))}
            {fact("Kind", if row.inverse.is_some() { entries::INVERSE_OFFER } else { "offer" })}
            {fact("Framework", framework_link(&row.framework, &row.framework_name))}
            {fact("Agent", agent_fact(&row.agent, &row.hostname))}
            {row.inverse.is_none().then(|| fact("Role", role_link(&row.role)))}
            {row.inverse.map(|of| fact("Unavailable from", ago_or_dash(of.start)))}
            {row.inverse.map(|of| fact("Unavailable for", text::actions::unavailable_for(of.start, of.duration)))}
        </dl>
    };
    let of = row.inverse.is_none().then(|| made_of("Resources of the offer", of));
    view! { <Panel title="Offer">{facts}</Panel>{of} }.into_any()
}

fn operation(row: &OperationRow, of: &[DetailedResource]) -> AnyView {
    let framework = if row.framework.as_str().is_empty() {
        "an operator".into_any()
    } else {
        framework_link(&row.framework, &row.framework_name)
    };
    let facts = view! {
        <dl class="facts">
            {fact("Operation", row.kind.to_lowercase())}
            {fact("State", operation_state(&row.state))}
            {fact("ID", id(&row.id, "the operation's id"))}
            {fact("UUID", id(&row.uuid, "the operation's uuid"))}
            {fact("Started by", framework)}
            {fact("Agent", agent_fact(&row.agent, &row.hostname))}
            {fact("Message", untrusted_text(&row.message))}
        </dl>
    };
    view! { <Panel title="Operation">{facts}</Panel>{made_of("Resources of the operation", of)} }.into_any()
}

/// Text of a value, or why it is unknown.
fn known_or<T>(value: &Fetched<T>, words: impl Fn(&T) -> String) -> AnyView {
    match value {
        Ok(value) => words(value).into_any(),
        Err(why) => {
            view! { <span class="dim" title=text::checks::reason(why)>{text::checks::unknown(why)}</span> }.into_any()
        }
    }
}

fn links(all: Vec<AnyView>) -> AnyView {
    if all.is_empty() {
        return none();
    }
    let link = |(nth, link)| view! { {(nth > 0).then_some(", ")}{link} };
    view! { <span>{all.into_iter().enumerate().map(link).collect_view()}</span> }.into_any()
}

fn role(row: &RoleRow, frameworks: &[(FrameworkId, String)], below: &[Role]) -> AnyView {
    let name = row.name.as_str();
    let above = row.name.parent();
    let narrowed = |of: fn(TableParams) -> Route, filter: String, words: String| {
        let there = of(TableParams { filter, ..TableParams::default() });
        view! { <a class="link" href=there.to_string()>{words}</a> }.into_any()
    };
    let count = |count: u32| text::count(u64::from(count));
    let others = (!row.pieces.is_empty()).then(|| counted_others(&row.pieces));
    let facts = view! {
        <dl class="facts">
            {above.map(|above| fact("Parent", role_link(above)))}
            {fact("Children", links(below.iter().map(|role| role_link(role.as_str())).collect()))}
            {fact("Weight", known_or(&row.weight, |weight| actions::weights::format_weight(*weight)))}
            {fact("Fair share", or_dash(&row.share.map(|share| text::percent(share, 1.0)).unwrap_or_default()))}
            {fact("Dominant share", or_dash(&row.dominant.map(dominant).unwrap_or_default()))}
            {fact("Live tasks", narrowed(Route::Tasks, link_filters::live_tasks_below(name), count(row.tasks)))}
            {fact("Frameworks", links(frameworks.iter().map(|(id, name)| framework_link(id, name)).collect()))}
            {fact("Offers", narrowed(Route::Offers, format!("role:{name}/"), "View all".to_owned()))}
            {others.map(|others| fact("Others reserved", others))}
            {fact("Reservations", narrowed(Route::Volumes, format!("role:{name}/"), "View all".to_owned()))}
        </dl>
    };
    let whole = if row.below > 0 { "including child roles" } else { "" };
    let table = amounts(row);
    let lacks = text::sums_without(row.gaps).map(|words| view! { <p class="dim blank">{words}</p> });
    view! { <Panel title="Role">{facts}</Panel><Panel title="Resources" aside=move || whole>{table}{lacks}</Panel> }
        .into_any()
}

fn dominant(of: DominantShare) -> String {
    text::overview::dominant_share(of.share, Some(of.resource.noun()))
}

/// Amounts of the role by resource: quota, reserved, allocated.
fn amounts(row: &RoleRow) -> AnyView {
    let (of, known) = (&row.amounts, &row.quota);
    let quota = known.as_deref().unwrap_or_default();
    let usual = [("cpus", "CPUs"), ("mem", "Memory"), ("disk", "Disk"), ("gpus", "GPUs")];
    let words = |words: String| words.into_any();
    // One unit for the amounts of a resource.
    let figure = |amount: RoleAmount, at: usize| {
        let value = of.at(amount as u8, at as u8).filter(|value| *value != 0.0)?;
        let is_size = matches!(at, 1 | 2);
        Some(if is_size { bytes_in(Bytes::new(value as i64), ByteUnit::Gibibytes) } else { words(text::amount(value)) })
    };
    let amount = |resource: &str, value: f64| match resource {
        "mem" | "disk" if value.is_finite() => bytes_in(Bytes::from_mebibytes(value), ByteUnit::Gibibytes),
        _ => words(scalar(resource, value)),
    };
    let bound = |resource: &str, of: fn(&QuotaRow) -> Option<f64>| match known {
        Ok(quota) => {
            quota.iter().find(|quota| quota.resource == resource).and_then(of).map(|value| amount(resource, value))
        }
        Err(why) => Some(words(text::checks::unknown(why).to_owned())),
    };
    let line = |title: String, figures: [Option<AnyView>; 6]| {
        let cells =
            figures.map(|figure| view! { <td class="num">{figure.unwrap_or_else(|| or_dash("").into_any())}</td> });
        view! { <tr><td>{title}</td>{cells.into_iter().collect_view()}</tr> }
    };
    let lines = usual.iter().enumerate().map(|(at, (resource, title))| {
        let has = [RoleAmount::Allocated, RoleAmount::Offered, RoleAmount::Reserved, RoleAmount::Consumed]
            .map(|of| figure(of, at));
        let [allocated, offered, reserved, consumed] = has;
        let offered =
            offered.or_else(|| row.offers.as_ref().err().map(|why| words(text::checks::unknown(why).to_owned())));
        let (least, most) = (bound(resource, |quota| quota.guarantee), bound(resource, |quota| quota.limit));
        line((*title).to_owned(), [allocated, offered, reserved, consumed, least, most])
    });
    let others = quota.iter().filter(|quota| usual.iter().all(|(resource, _)| *resource != quota.resource));
    let others = others.map(|quota| {
        let (least, most) = (quota.guarantee, quota.limit);
        let bounds = [least, most].map(|value| value.map(|value| words(scalar(&quota.resource, value))));
        let [least, most] = bounds;
        line(quota.resource.clone(), [None, None, None, None, least, most])
    });
    let lines = lines.chain(others).collect_view();
    let no_quota = no_quota(known).map(|words| view! { <p class="dim blank">{words}</p> });
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Amounts of the role"><table class="plain">
            <thead><tr><th>"Resource"</th><th class="num">"Allocated"</th><th class="num">"Offered"</th><th class="num">"Reserved"</th>
                <th class="num">"Consumed"</th><th class="num">"Guarantee"</th><th class="num">"Limit"</th></tr></thead>
            <tbody>{lines}</tbody></table></div>
        {no_quota}
    }
    .into_any()
}

/// Says that the role has no quota, or why its quota is not known; `None` if it has one.
fn no_quota(known: &Fetched<Vec<QuotaRow>>) -> Option<String> {
    match known {
        Ok(quota) if quota.is_empty() => {
            let (title, words) = empty_list_text(FilteredList::Quotas, "No quota", entries::NO_QUOTA);
            Some(format!("{title}. {words}"))
        }
        Ok(_) => None,
        Err(why) => {
            let (title, words) = text::unknown(Topic::Quota, why, true);
            Some(entries::quota_unknown(&title, &words))
        }
    }
}
