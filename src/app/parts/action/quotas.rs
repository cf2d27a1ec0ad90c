//! Quota form: guarantees and limits of roles, with units.
//!
//! Shows the role's consumption, other roles' guarantees and the cluster's capacity. Untouched fields follow the cluster.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::actions::amount::{format_amount, parse_amount};
use mesoscope_core::actions::batch::BatchOptions;
use mesoscope_core::actions::form::check_role;
use mesoscope_core::actions::quotas::{QuotaAmounts, QuotaFormAmounts};
use mesoscope_core::actions::{Action, RoleQuota};
use mesoscope_core::base::ids::Role;
use mesoscope_core::checks::eligibility::QuotaCalls;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::error_text::names_role;
use mesoscope_core::views::previews::QuotaAmountsQuery;
use mesoscope_core::views::search::target::{TargetKind, TargetSearch};

use super::ActionForm;
use super::field::{FieldKind, field};
use crate::parts::data_age::not_reported;
use crate::worker_link::link;
use mesoscope_core::text::{self, dialogs};

/// How amounts are typed. The space before a unit is the narrow one, which the page shows as it is after a digit.
const AMOUNTS: &str = "Memory and disk: in MiB, or with a unit, such as 2\u{202f}GiB or 1.5\u{202f}TiB. A role without amounts has no quota.";

/// All roles of the form.
#[derive(Clone, Copy)]
struct Sections {
    all: RwSignal<Vec<Section>>,
    /// Reactive owner of the input: sections are added one by one.
    owner: StoredValue<Owner>,
    /// Quota calls that the master supports; they differ between versions.
    calls: Memo<QuotaCalls>,
    refusal: RwSignal<Option<String>>,
}

/// One role of the form.
#[derive(Clone, Copy)]
struct Section {
    number: usize,
    role: RwSignal<String>,
    is_new: bool,
    /// Whether its quota is to be removed, for a master that cannot change one.
    removes: RwSignal<bool>,
    /// The role's quota as reported; `None` until known.
    reported: Memo<Option<QuotaFormAmounts>>,
    /// User input by resource, including resources added to the form.
    typed: RwSignal<BTreeMap<String, Typed>>,
    /// Resources of the section, `None` until the quota is known. A resource of another role disappears with that role, unless it
    /// was edited here.
    resources: Memo<Option<Vec<String>>>,
    sections: Sections,
}

/// User input of a resource; `None` for an untouched field.
#[derive(Default)]
struct Typed {
    guarantee: Option<String>,
    limit: Option<String>,
}

/// One resource of a role.
#[derive(Clone)]
struct Line {
    section: Section,
    resource: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Guarantee,
    Limit,
}

impl Bound {
    const fn name(self) -> &'static str {
        match self {
            Self::Guarantee => "guarantee",
            Self::Limit => "limit",
        }
    }
}

impl Line {
    fn budget<T: Default>(&self, of: impl FnOnce(&QuotaAmounts) -> T) -> T {
        self.section.reported.with(|reported| {
            let mut budgets = reported.iter().flat_map(|reported| &reported.resources);
            budgets.find(|budget| budget.resource == self.resource).map(of).unwrap_or_default()
        })
    }

    /// Text of the field: the user's input, otherwise the current value.
    fn text(&self, bound: Bound) -> String {
        let typed = |typed: &Typed| match bound {
            Bound::Guarantee => typed.guarantee.clone(),
            Bound::Limit => typed.limit.clone(),
        };
        let typed = self.section.typed.with(|all| all.get(&self.resource).and_then(typed));
        typed.unwrap_or_else(|| {
            let amount = self.budget(|budget| if bound == Bound::Limit { budget.limit } else { budget.guarantee });
            amount.map(|amount| format_amount(&self.resource, amount)).unwrap_or_default()
        })
    }

    fn set(&self, bound: Bound, text: String) {
        self.section.typed.update(|all| {
            let typed = all.entry(self.resource.clone()).or_default();
            *(if bound == Bound::Limit { &mut typed.limit } else { &mut typed.guarantee }) = Some(text);
        });
    }

    fn amount(&self, bound: Bound) -> Result<Option<f64>, String> {
        parse_amount(&self.resource, &self.text(bound)).map_err(|error| error.to_string())
    }

    /// Error in a field's input.
    fn fault(&self, bound: Bound) -> Option<String> {
        let upside_down = || bound == Bound::Guarantee && self.limit().is_some_and(|limit| self.guaranteed() > limit);
        self.amount(bound).err().or_else(|| upside_down().then(|| "Above the limit.".to_owned()))
    }

    /// The guarantee; 0 if empty or invalid.
    fn guaranteed(&self) -> f64 {
        self.amount(Bound::Guarantee).ok().flatten().unwrap_or(0.0)
    }

    fn limit(&self) -> Option<f64> {
        self.amount(Bound::Limit).ok().flatten()
    }

    fn form_fault(&self) -> Option<String> {
        self.fault(Bound::Guarantee).or_else(|| self.fault(Bound::Limit))
    }
}

impl Section {
    fn new(number: usize, name: String, is_new: bool, sections: Sections) -> Self {
        let (role, typed) = (RwSignal::new(name), RwSignal::new(BTreeMap::<String, Typed>::new()));
        let name = move || role.read().trim().to_owned();
        let answer = link().watch(move || QuotaAmountsQuery(Role(name())));
        let reported = Memo::new(move |last: Option<&Option<QuotaFormAmounts>>| match answer.get() {
            Some((role, Ok(budgets))) if role.as_str() == name() => Some(budgets),
            _ => last.cloned().flatten(),
        });
        let resources = Memo::new(move |last: Option<&Option<Vec<String>>>| {
            let (reported, typed) = (reported.read(), typed.read());
            let all: Vec<&String> =
                reported.as_ref()?.resources.iter().map(|it| &it.resource).chain(typed.keys()).collect();
            let mut resources = last.cloned().flatten().unwrap_or_default();
            resources.retain(|resource| all.contains(&resource));
            for resource in all {
                if !resources.contains(resource) {
                    resources.push(resource.clone());
                }
            }
            Some(resources)
        });
        Self { number, role, is_new, removes: RwSignal::new(false), reported, typed, resources, sections }
    }

    fn name(self) -> String {
        self.role.read().trim().to_owned()
    }

    fn lines(self) -> Option<Vec<Line>> {
        let line = |resource| Line { section: self, resource };
        self.resources.get().map(|resources| resources.into_iter().map(line).collect())
    }

    fn quota(self) -> Option<RoleQuota> {
        let mut quota = RoleQuota { role: Role(self.name()), ..RoleQuota::default() };
        for line in self.lines()? {
            // Mesos treats a guarantee of 0 as none.
            let guarantee = Some(line.guaranteed()).filter(|amount| *amount > 0.0);
            quota.guarantees.extend(guarantee.map(|amount| (line.resource.clone(), amount)));
            quota.limits.extend(line.limit().map(|amount| (line.resource, amount)));
        }
        Some(quota)
    }

    /// Action for a master that cannot change a quota: set the first one, or remove the existing one.
    fn old_act(self) -> Option<Action> {
        let quota = self.quota()?;
        match self.has_quota() {
            true => self.removes.get().then_some(Action::RemoveQuota(quota.role)),
            false if quota.guarantees.is_empty() => None,
            false => Some(Action::SetQuota { role: quota.role, guarantee: quota.guarantees, force: false }),
        }
    }

    /// Error in the role's name, including a name used by two sections.
    fn fault(self) -> Option<String> {
        let name = self.name();
        let twice = || {
            let others = self.sections.all.get();
            others.iter().any(|other| other.number < self.number && other.name() == name)
        };
        let nested = || name.contains('/').then(|| "Mesos does not support quotas of nested roles yet.".to_owned());
        let wrong = check_role(&name).err().map(|error| error.to_string()).or_else(nested);
        wrong.or_else(|| twice().then(|| "This role is listed twice.".to_owned()))
    }

    /// First error of the section's input, or what is yet to be entered.
    fn form_fault(self) -> Option<String> {
        if self.name().is_empty() {
            return Some("Enter a role and at least one amount.".to_owned());
        }
        self.fault().or_else(|| self.lines()?.iter().find_map(Line::form_fault))
    }

    fn add(self, resource: String) {
        if !resource.is_empty() {
            self.typed.update(|typed| _ = typed.entry(resource).or_default());
        }
    }

    fn reset(self) {
        for resource in self.resources.get_untracked().into_iter().flatten() {
            let nothing = Typed { guarantee: Some(String::new()), limit: Some(String::new()) };
            self.typed.update(|typed| _ = typed.insert(resource, nothing));
        }
    }

    fn has_quota(self) -> bool {
        let has = |budget: &QuotaAmounts| budget.guarantee.is_some() || budget.limit.is_some();
        self.reported.with(|reported| reported.iter().flat_map(|reported| &reported.resources).any(has))
    }

    fn view(self) -> AnyView {
        let refused = move || {
            let named = |words: &&String| names_role(words, &self.name());
            self.sections.refusal.with(|words| words.as_ref().filter(named).cloned())
        };
        let fault = Signal::derive(move || {
            // An empty name is missing, not wrong, until the user types.
            self.fault().filter(|_| !self.name().is_empty()).or_else(refused)
        });
        let named = move |name: String| {
            // Consent to remove one role's quota does not extend to another role.
            self.removes.set(false);
            self.role.set(name);
        };
        let name = if self.is_new {
            let kind = FieldKind { known: Some(self.known_roles()), ..FieldKind::default() };
            let input = field(None, kind, self.role.into(), fault, named);
            view! { <label>"Role" {input}</label> }.into_any()
        } else {
            let text = self.name();
            view! { <h3>{text}</h3><p class="wrong">{refused}</p> }.into_any()
        };
        let known = move || {
            (self.is_new && self.has_quota() && !self.sections.is_old()).then(|| {
                view! { <p class="state" data-tone="warn">{dialogs::has_quota(&self.name())}</p> }
            })
        };
        let reset = move || {
            (!self.sections.is_old()).then(
                || view! { <button class="text-button" type="button" on:click=move |_| self.reset()>"Clear"</button> },
            )
        };
        let waits = move || self.reported.with(Option::is_none);
        let fields = Memo::new(move |_| !(self.sections.is_old() && self.has_quota()));
        view! {
            <section class="quota" data-refused=move || refused().map(|_| "")>
                <header>{name}{reset}</header>
                {known}
                <Show when=move || !waits() fallback=waiting>
                    {move || if fields.get() { self.fields() } else { self.removal() }}
                </Show>
            </section>
        }
        .into_any()
    }

    /// Roles that may have a quota, match what is typed, and are in no other section.
    fn known_roles(self) -> Signal<Vec<String>> {
        let found = link().watch(move || TargetSearch { kind: TargetKind::QuotaRole, text: self.name() });
        Signal::derive(move || {
            let others: Vec<String> = self.others().map(Section::name).collect();
            let found = found.get().unwrap_or_default().into_iter().filter(|role| role.disabled_reason.is_none());
            found.map(|role| role.title).filter(|role| !others.contains(role)).collect()
        })
    }

    fn others(self) -> impl Iterator<Item = Self> {
        self.sections.all.get().into_iter().filter(move |other| other.number != self.number)
    }

    /// Fields for the amounts.
    fn fields(self) -> AnyView {
        let more = RwSignal::new(String::new());
        let add = move |_| {
            self.add(more.get_untracked().trim().to_owned());
            more.set(String::new());
        };
        let rows = move || self.lines().unwrap_or_default();
        let is_old = self.sections.is_old();
        let limit = (!is_old).then(|| view! { <th>"Limit"</th> });
        view! {
            <div class="scroll-x"><table class="plain">
                <thead><tr><th>"Resource"</th><th>{if is_old { "Guarantee and limit" } else { "Guarantee" }}</th>{limit}<th class="wide">"Cluster"</th></tr></thead>
                <tbody><For each=rows key=|line| line.resource.clone() children=row/></tbody>
            </table></div>
            <p class="more"><input class="inline" type="text" placeholder="other resource" aria-label="Other resource" prop:value=more on:input=move |event| more.set(event_target_value(&event))/>
                <button class="text-button" type="button" on:click=add>"Add"</button></p>
        }
        .into_any()
    }

    /// Removal of the quota: the only change that an old master supports.
    fn removal(self) -> AnyView {
        let says = move || dialogs::must_remove(&self.name());
        view! {
            <p class="state" data-tone="warn">{says}</p>
            <label><input type="checkbox" prop:checked=self.removes on:change=move |event| self.removes.set(event_target_checked(&event))/>{move || dialogs::remove_quota(&self.name())}</label>
        }
        .into_any()
    }
}

/// Shown until the current quota is known: input could not be compared with it.
fn waiting() -> AnyView {
    let untold = not_reported(&[Topic::Quota, Topic::Master]);
    let words = move || untold.get().map(|(title, why)| dialogs::unread(&title, &why));
    view! { <p class="state" data-tone="busy">{words}</p> }.into_any()
}

impl Sections {
    /// Whether the master has no call that changes a quota.
    fn is_old(self) -> bool {
        self.calls.with(|calls| matches!(calls, QuotaCalls::SetAndRemove(_)))
    }

    fn add(self, role: String, is_new: bool) {
        let number = self.all.with_untracked(Vec::len);
        let section = self.owner.with_value(|owner| owner.with(|| Section::new(number, role, is_new, self)));
        self.all.update(|all| all.push(section));
    }

    /// Total change of a resource's guarantees by this form, except the section `but`.
    fn moved(self, but: usize, resource: &str) -> f64 {
        let moved = |section: &Section| {
            let line = section.lines()?.into_iter().find(|line| line.resource == resource)?;
            Some(line.guaranteed() - line.budget(|budget| budget.guarantee.unwrap_or(0.0)))
        };
        // An empty float sum is -0.
        self.all.get().iter().filter(|section| section.number != but).filter_map(moved).fold(0.0, |sum, by| sum + by)
    }
}

fn row(line: Line) -> AnyView {
    let input = |bound: Bound, placeholder: &'static str| {
        let kind = FieldKind { is_short: true, mode: Some("text"), placeholder, ..FieldKind::default() };
        let (shown, checked, typed) = (line.clone(), line.clone(), line.clone());
        let text = Signal::derive(move || shown.text(bound));
        let fault = Signal::derive(move || checked.fault(bound));
        field(Some(dialogs::amount_label(&line.resource, bound.name())), kind, text, fault, move |text| {
            typed.set(bound, text)
        })
    };
    let guarantee = input(Bound::Guarantee, "none");
    let limit = (!line.section.sections.is_old()).then(|| {
        let limit = input(Bound::Limit, "no limit");
        view! { <td>{limit}</td> }
    });
    view! {
        <tr><th scope="row">{text::pooled::resource_label(&line.resource).to_owned()}</th><td>{guarantee}</td>{limit}<td class="wide">{bar(line)}</td></tr>
    }
    .into_any()
}

/// Bar of others' guarantees and this role's new guarantee, with its consumption below and its limit as a mark.
fn bar(line: Line) -> AnyView {
    let (section, name) = (line.section, line.resource.clone());
    let line = StoredValue::new(line);
    let capacity = Memo::new(move |_| line.read_value().budget(|it| it.capacity).filter(|capacity| *capacity > 0.0));
    let consumed = Memo::new(move |_| line.read_value().budget(|it| it.consumed.unwrap_or(0.0)));
    let others = Memo::new(move |_| {
        let line = line.read_value();
        line.budget(|budget| budget.others) + section.sections.moved(section.number, &line.resource)
    });
    let guarantee = Memo::new(move |_| line.read_value().guaranteed());
    let limit = Memo::new(move |_| line.read_value().limit());
    let share = move |amount: f64| {
        let capacity = capacity.get().unwrap_or(f64::INFINITY);
        format!("{:.2}%", (amount / capacity * 100.0).clamp(0.0, 100.0))
    };
    let says = move || {
        let amount = |amount: f64| text::roles::brief_amount(&name, amount);
        let Some(capacity) = capacity.get() else {
            return "No registered agent has this resource.".to_owned();
        };
        let left = capacity - others.get() - guarantee.get();
        let (used, others, words) = (amount(consumed.get()), amount(others.get() + 0.0), amount(left.abs()));
        dialogs::budget(&used, &others, if left < 0.0 { Err(&words) } else { Ok(&words) }, &amount(capacity))
    };
    let over = move || limit.get().is_some_and(|limit| consumed.get() > limit);
    let too_much = move || capacity.get().is_some_and(|capacity| others.get() + guarantee.get() > capacity);
    view! {
        <div class="budget" data-over=move || over().then_some("") data-short=move || too_much().then_some("")>
            <Show when=move || capacity.get().is_some()>
                <div class="track"><i class="others" style:width=move || share(others.get())></i><i style:width=move || share(guarantee.get())></i></div>
                <div class="track thin"><i style:width=move || share(consumed.get())></i></div>
                {move || limit.get().map(|limit| view! { <b class="mark" style:left=share(limit)></b> })}
            </Show>
            <small class="dim">{says}</small>
        </div>
    }
    .into_any()
}

/// Builds the form: one section per role, and any number of new ones.
pub(super) fn form(roles: Vec<Role>) -> ActionForm {
    let title = dialogs::quota_title(&roles.iter().map(Role::as_str).collect::<Vec<_>>());
    let (all, refusal) = (RwSignal::new(Vec::<Section>::new()), RwSignal::new(None));
    let calls = Memo::new(move |_| {
        let calls = |section: &Section| {
            section.reported.with(|reported| reported.as_ref().map(|reported| reported.calls.clone()))
        };
        all.with(|all| all.iter().find_map(calls)).unwrap_or_default()
    });
    let owner = StoredValue::new(Owner::current().unwrap_or_default());
    let sections = Sections { all, owner, calls, refusal };
    if roles.is_empty() {
        sections.add(String::new(), true);
    }
    roles.into_iter().for_each(|role| sections.add(role.0, false));
    let actions = Signal::derive(move || {
        if sections.is_old() {
            return sections.all.get().into_iter().filter_map(Section::old_act).collect();
        }
        let quotas: Option<Vec<RoleQuota>> = sections.all.get().into_iter().map(Section::quota).collect();
        quotas.map(|quotas| Action::Quotas { quotas, force: false }).into_iter().collect::<Vec<_>>()
    });
    let fault = Signal::derive(move || sections.all.get().into_iter().find_map(Section::form_fault));
    let another = move |_| sections.add(String::new(), true);
    let old = move || match sections.calls.get() {
        QuotaCalls::Update => None,
        QuotaCalls::SetAndRemove(version) => Some(view! { <p>{dialogs::old_quotas(&version)}</p> }),
    };
    // An old master takes one call per change, and checks each against the previous ones.
    let pace = Signal::derive(move || {
        if sections.is_old() { BatchOptions { at_once: 1, ..BatchOptions::default() } } else { BatchOptions::default() }
    });
    let verb = Signal::derive(move || {
        let removes =
            actions.with(|actions| actions.iter().filter(|action| matches!(action, Action::RemoveQuota(_))).count());
        match actions.with(Vec::len) - removes {
            0 if removes > 0 => "Remove quota",
            _ if removes > 0 => "Set and remove",
            _ => "Set quota",
        }
    });
    let view = view! {
        <div class="quotas">
            {old}
            <For each=move || sections.all.get() key=|section| section.number children=Section::view/>
            <p><button class="text-button" type="button" on:click=another>"Add role"</button></p>
            <p class="dim">{AMOUNTS}</p>
        </div>
    }
    .into_any();
    ActionForm { actions, fault, view, refusal, pace, verb, ..ActionForm::plain(title, "Set quota", Vec::new()) }
}
