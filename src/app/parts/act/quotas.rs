//! Quotas of roles: guarantees and limits, typed with units, beside what the role consumes, what others are guaranteed and what
//! the cluster has. What nobody has touched follows the cluster.

use leptos::prelude::*;
use mesoscope_core::actions::amount::{print_amount, read_amount};
use mesoscope_core::actions::form::check_role;
use mesoscope_core::actions::quotas::{Budget, Budgets};
use mesoscope_core::actions::run::Pace;
use mesoscope_core::actions::{Act, RoleQuota};
use mesoscope_core::base::ids::Role;
use mesoscope_core::checks::can::QuotaCalls;
use mesoscope_core::cluster::part::Part;
use mesoscope_core::mesos::words::names_role;
use mesoscope_core::views::plans::BudgetQuery;

use super::field::{Kind, field};
use super::{Form, number_of};
use crate::link::link;
use crate::parts::fresh::untold;
use mesoscope_core::text::scalar;

/// All roles of the form.
#[derive(Clone, Copy)]
struct Sections {
    all: RwSignal<Vec<Section>>,
    /// Owns what is typed: rows come and go with what the cluster tells.
    owner: StoredValue<Owner>,
    /// The calls that the master takes: an old one has other ones.
    calls: RwSignal<QuotaCalls>,
}

/// One role of the form.
#[derive(Clone, Copy)]
struct Section {
    number: usize,
    role: RwSignal<String>,
    is_new: bool,
    /// Whether its quota is to be removed, for a master that changes none.
    removes: RwSignal<bool>,
    /// `None` until the cluster has said what stands.
    lines: RwSignal<Option<Vec<Line>>>,
    refusal: RwSignal<Option<String>>,
    sections: Sections,
}

/// A resource of it.
#[derive(Clone, Copy)]
struct Line {
    budget: RwSignal<Budget>,
    guarantee: RwSignal<Typed>,
    limit: RwSignal<Typed>,
    /// Somebody asked for it, and so it stays.
    is_added: bool,
}

/// An amount as it is typed, and whether somebody did.
#[derive(Clone, Default)]
struct Typed {
    text: String,
    is_touched: bool,
}

impl Typed {
    /// What the cluster says now, unless something was typed.
    fn told(&mut self, resource: &str, amount: Option<f64>) {
        if !self.is_touched {
            self.text = amount.map(|amount| print_amount(resource, amount)).unwrap_or_default();
        }
    }
}

impl Line {
    fn new(budget: Budget, is_added: bool) -> Self {
        let line = Self {
            budget: RwSignal::new(Budget::default()),
            guarantee: RwSignal::new(Typed::default()),
            limit: RwSignal::new(Typed::default()),
            is_added,
        };
        line.told(budget);
        line
    }

    fn told(self, budget: Budget) {
        self.guarantee.update(|typed| typed.told(&budget.resource, budget.guarantee));
        self.limit.update(|typed| typed.told(&budget.resource, budget.limit));
        self.budget.set(budget);
    }

    fn resource(self) -> String {
        self.budget.with_untracked(|budget| budget.resource.clone())
    }

    fn is_touched(self) -> bool {
        self.guarantee.with_untracked(|typed| typed.is_touched) || self.limit.with_untracked(|typed| typed.is_touched)
    }

    fn amount(self, of: RwSignal<Typed>) -> Result<Option<f64>, String> {
        of.with(|typed| read_amount(&self.resource(), &typed.text)).map_err(|error| error.to_string())
    }

    /// What is guaranteed, as far as it can be read.
    fn guaranteed(self) -> f64 {
        self.amount(self.guarantee).ok().flatten().unwrap_or(0.0)
    }

    fn limit(self) -> Option<f64> {
        self.amount(self.limit).ok().flatten()
    }

    fn is_wrong(self) -> bool {
        self.amount(self.guarantee).is_err() || self.amount(self.limit).is_err() || self.is_upside_down()
    }

    fn is_upside_down(self) -> bool {
        self.limit().is_some_and(|limit| self.guaranteed() > limit)
    }
}

impl Section {
    fn name(self) -> String {
        self.role.read().trim().to_owned()
    }

    fn quota(self) -> Option<RoleQuota> {
        let mut quota = RoleQuota { role: Role(self.name()), ..RoleQuota::default() };
        for line in self.lines.get()? {
            // A guarantee of nothing is none.
            let guarantee = Some(line.guaranteed()).filter(|amount| *amount > 0.0);
            quota.guarantees.extend(guarantee.map(|amount| (line.resource(), amount)));
            quota.limits.extend(line.limit().map(|amount| (line.resource(), amount)));
        }
        Some(quota)
    }

    /// Its change for a master that changes no quota: the first quota, or the removal of the one that is set.
    fn old_act(self) -> Option<Act> {
        let quota = self.quota()?;
        match self.has_quota() {
            true => self.removes.get().then_some(Act::RemoveQuota(quota.role)),
            false if quota.guarantees.is_empty() => None,
            false => Some(Act::SetQuota { role: quota.role, guarantee: quota.guarantees, force: false }),
        }
    }

    /// What is wrong with its name; another section's counts, too.
    fn fault(self) -> Option<String> {
        let name = self.name();
        let twice = || {
            let others = self.sections.all.get();
            others.iter().any(|other| other.number < self.number && other.name() == name)
        };
        let nested = || name.contains('/').then(|| "Mesos does not support quotas of nested roles yet.".to_owned());
        let wrong = check_role(&name).err().map(|error| error.to_string()).or_else(nested);
        wrong.or_else(|| twice().then(|| "This role is there already.".to_owned()))
    }

    fn is_wrong(self) -> bool {
        self.fault().is_some() || self.lines.get().into_iter().flatten().any(Line::is_wrong)
    }

    /// What the cluster says of the role. A resource that only another role had goes with it, unless somebody typed there.
    fn told(self, budgets: Budgets) {
        let Budgets { calls, resources: budgets } = budgets;
        if self.sections.calls.with_untracked(|before| *before != calls) {
            self.sections.calls.set(calls);
        }
        let mut lines = self.lines.get_untracked().unwrap_or_default();
        let is_told = |line: &Line| budgets.iter().any(|budget| budget.resource == line.resource());
        let before = lines.len();
        lines.retain(|line| line.is_added || line.is_touched() || is_told(line));
        let mut is_other = lines.len() != before || self.lines.with_untracked(Option::is_none);
        for line in lines.iter().filter(|line| !is_told(line)) {
            line.told(Budget { resource: line.resource(), ..Budget::default() });
        }
        for budget in budgets {
            match lines.iter().find(|line| line.resource() == budget.resource) {
                Some(line) => line.told(budget),
                None => {
                    is_other = true;
                    lines.push(self.sections.own(|| Line::new(budget, false)));
                }
            }
        }
        if is_other {
            self.lines.set(Some(lines));
        }
    }

    fn add(self, resource: String) {
        let known = self.lines.get_untracked().into_iter().flatten().any(|line| line.resource() == resource);
        if !resource.is_empty() && !known {
            let line = self.sections.own(|| Line::new(Budget { resource, ..Budget::default() }, true));
            self.lines.update(|lines| lines.get_or_insert_default().push(line));
        }
    }

    fn reset(self) {
        let nothing = || Typed { text: String::new(), is_touched: true };
        for line in self.lines.get_untracked().into_iter().flatten() {
            line.guarantee.set(nothing());
            line.limit.set(nothing());
        }
    }

    fn has_quota(self) -> bool {
        let has = |line: Line| line.budget.with(|budget| budget.guarantee.is_some() || budget.limit.is_some());
        self.lines.get().into_iter().flatten().any(has)
    }

    fn view(self) -> AnyView {
        let answer = link().watch(move || BudgetQuery(Role(self.name())));
        Effect::new(move |_| match answer.get() {
            Some((role, Ok(budgets))) if role.as_str() == self.name() => self.told(budgets),
            _ => {}
        });
        let refused =
            move || self.refusal.with(|words| words.as_ref().filter(|words| names_role(words, &self.name())).cloned());
        let fault = Signal::derive(move || {
            // A name that nobody has begun to type is missing, and not wrong.
            self.fault().filter(|_| !self.name().is_empty()).or_else(refused)
        });
        let named = move |name: String| {
            // Who agreed to remove one role's quota has not agreed to remove another's.
            self.removes.set(false);
            self.role.set(name);
        };
        let name = if self.is_new {
            let input = field(None, Kind::default(), self.role.into(), fault, named);
            view! { <label>"Role" {input}</label> }.into_any()
        } else {
            let text = self.name();
            view! { <h3>{text}</h3><p class="wrong">{refused}</p> }.into_any()
        };
        let known = move || {
            (self.is_new && self.has_quota() && !self.sections.is_old()).then(|| {
                view! { <p class="state" data-tone="warn">{format!("{} has a quota already: it is shown, and what you set replaces it.", self.name())}</p> }
            })
        };
        let reset = move || {
            (!self.sections.is_old()).then(
                || view! { <button class="text-button" type="button" on:click=move |_| self.reset()>"Reset"</button> },
            )
        };
        let waits = move || self.lines.with(Option::is_none);
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

    /// The amounts, to be typed.
    fn fields(self) -> AnyView {
        let more = RwSignal::new(String::new());
        let add = move |_| {
            self.add(more.get_untracked().trim().to_owned());
            more.set(String::new());
        };
        let rows = move || self.lines.get().unwrap_or_default();
        let is_old = self.sections.is_old();
        let limit = (!is_old).then(|| view! { <th>"Limit"</th> });
        view! {
            <div class="scroll-x"><table class="plain">
                <thead><tr><th>"Resource"</th><th>{if is_old { "Guarantee and limit" } else { "Guarantee" }}</th>{limit}<th class="wide">"Of the cluster"</th></tr></thead>
                <tbody><For each=rows key=|line| line.resource() children=move |line| row(self, line)/></tbody>
            </table></div>
            <p class="more"><input class="inline" type="text" placeholder="another resource" aria-label="Another resource" prop:value=more on:input=move |event| more.set(event_target_value(&event))/>
                <button class="text-button" type="button" on:click=add>"Add it"</button></p>
        }
        .into_any()
    }

    /// The only change to a quota that an old master takes.
    fn removal(self) -> AnyView {
        let says = move || {
            format!("{} has a quota. This master cannot change it: remove it first, then set the new one.", self.name())
        };
        view! {
            <p class="state" data-tone="warn">{says}</p>
            <label><input type="checkbox" prop:checked=self.removes on:change=move |event| self.removes.set(event_target_checked(&event))/>{move || format!("Remove the quota of {}", self.name())}</label>
        }
        .into_any()
    }
}

/// Before the cluster has said what stands, nothing typed could be compared with it.
fn waiting() -> AnyView {
    let untold = untold(&[Part::Quota, Part::Master]);
    let words = move || untold.get().map(|(title, why)| format!("{title}. {why}"));
    view! { <p class="state" data-tone="busy">{words}</p> }.into_any()
}

impl Sections {
    fn own<T>(self, make: impl FnOnce() -> T) -> T {
        self.owner.with_value(|owner| owner.with(make))
    }

    /// Whether the master knows no call that changes a quota.
    fn is_old(self) -> bool {
        self.calls.with(|calls| matches!(calls, QuotaCalls::SetAndRemove(_)))
    }

    fn add(self, role: String, is_new: bool, refusal: RwSignal<Option<String>>) {
        let number = self.all.with_untracked(Vec::len);
        let section = self.own(|| Section {
            number,
            role: RwSignal::new(role),
            is_new,
            removes: RwSignal::new(false),
            lines: RwSignal::new(None),
            refusal,
            sections: self,
        });
        self.all.update(|all| all.push(section));
    }

    /// By how much the form moves what is guaranteed to roles other than that one.
    fn moved(self, but: usize, resource: &str) -> f64 {
        let moved = |section: &Section| {
            let lines = section.lines.get().unwrap_or_default();
            let line = lines.iter().find(|line| line.resource() == resource)?;
            Some(line.guaranteed() - line.budget.with(|budget| budget.guarantee.unwrap_or(0.0)))
        };
        // A sum of nothing is -0.
        self.all.get().iter().filter(|section| section.number != but).filter_map(moved).fold(0.0, |sum, by| sum + by)
    }
}

fn row(section: Section, line: Line) -> AnyView {
    let resource = line.resource();
    let input = |name: &str, of: RwSignal<Typed>, placeholder: &'static str, fault: Signal<Option<String>>| {
        let kind = Kind { is_short: true, mode: Some("text"), placeholder, is_off: None };
        let text = Signal::derive(move || of.with(|typed| typed.text.clone()));
        let typed = move |text| of.set(Typed { text, is_touched: true });
        field(Some(format!("{name} of {resource}")), kind, text, fault, typed)
    };
    let upside_down = move || line.is_upside_down().then(|| "More than the limit.".to_owned());
    let of_guarantee = Signal::derive(move || line.amount(line.guarantee).err().or_else(upside_down));
    let of_limit = Signal::derive(move || line.amount(line.limit).err());
    let guarantee = input("Guarantee", line.guarantee, "none", of_guarantee);
    let limit = (!section.sections.is_old()).then(|| {
        let limit = input("Limit", line.limit, "no limit", of_limit);
        view! { <td>{limit}</td> }
    });
    view! {
        <tr><th scope="row">{resource.clone()}</th><td>{guarantee}</td>{limit}<td class="wide">{bar(section, line)}</td></tr>
    }
    .into_any()
}

/// What others are guaranteed, then what this role would be; what it consumes beneath, and its limit as a mark.
fn bar(section: Section, line: Line) -> AnyView {
    let resource = line.resource();
    let name = resource.clone();
    let capacity = Memo::new(move |_| line.budget.with(|budget| budget.capacity).filter(|capacity| *capacity > 0.0));
    let consumed = Memo::new(move |_| line.budget.with(|budget| budget.consumed.unwrap_or(0.0)));
    let others = Memo::new(move |_| {
        line.budget.with(|budget| budget.others) + section.sections.moved(section.number, &resource)
    });
    let guarantee = Memo::new(move |_| line.guaranteed());
    let limit = Memo::new(move |_| line.limit());
    let share = move |amount: f64| {
        let capacity = capacity.get().unwrap_or(f64::INFINITY);
        format!("{:.2}%", (amount / capacity * 100.0).clamp(0.0, 100.0))
    };
    let says = move || {
        let amount = |amount: f64| scalar(&name, amount);
        let Some(capacity) = capacity.get() else {
            return "No registered agent has any that Mesos counts.".to_owned();
        };
        let left = capacity - others.get() - guarantee.get();
        let left = if left < 0.0 { format!("too much by {}", amount(-left)) } else { format!("left {}", amount(left)) };
        let (consumed, others) = (amount(consumed.get()), amount(others.get() + 0.0));
        format!("consumes {consumed} · others have {others} · {left} of {}", amount(capacity))
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

/// The form: a section for each role, and as many new ones as one likes.
pub(super) fn form(roles: Vec<Role>) -> Form {
    let title = match roles.as_slice() {
        [] => "Quota of a role".to_owned(),
        [role] => format!("Quota of {role}"),
        many => format!("Quotas of {}", number_of(many.len(), "role", "roles")),
    };
    let refusal = RwSignal::new(None);
    let owner = StoredValue::new(Owner::current().unwrap_or_default());
    let sections = Sections { all: RwSignal::new(Vec::new()), owner, calls: RwSignal::default() };
    if roles.is_empty() {
        sections.add(String::new(), true, refusal);
    }
    roles.into_iter().for_each(|role| sections.add(role.0, false, refusal));
    let acts = Signal::derive(move || {
        if sections.is_old() {
            return sections.all.get().into_iter().filter_map(Section::old_act).collect();
        }
        let quotas: Option<Vec<RoleQuota>> = sections.all.get().into_iter().map(Section::quota).collect();
        quotas.map(|quotas| Act::Quotas { quotas, force: false }).into_iter().collect::<Vec<_>>()
    });
    let is_wrong = Signal::derive(move || sections.all.get().into_iter().any(Section::is_wrong));
    let another = move |_| sections.add(String::new(), true, refusal);
    let old = move || match sections.calls.get() {
        QuotaCalls::Update => None,
        QuotaCalls::SetAndRemove(version) => Some(view! { <p>{about_old(&version)}</p> }),
    };
    // Each change of an old master is a call of its own, and is checked against those before it.
    let pace = Signal::derive(
        move || if sections.is_old() { Pace { at_once: 1, ..Pace::default() } } else { Pace::default() },
    );
    let verb = Signal::derive(move || {
        let removes = acts.with(|acts| acts.iter().filter(|act| matches!(act, Act::RemoveQuota(_))).count());
        match acts.with(Vec::len) - removes {
            0 if removes > 0 => "Remove quota",
            _ if removes > 0 => "Set and remove",
            _ => "Set quota",
        }
    });
    let view = view! {
        <div class="quotas">
            {old}
            <For each=move || sections.all.get() key=|section| section.number children=Section::view/>
            <p><button class="text-button" type="button" on:click=another>"Add another role"</button></p>
            <p class="dim">"Memory and disk in MiB, or with a unit: 512, 2 GiB, 1.5 TiB. A role without any amount has no quota."</p>
        </div>
    }
    .into_any();
    Form { acts, is_wrong, view, refusal, pace, verb, ..Form::plain(title, "Set quota", Vec::new()) }
}

/// What an operator of today does not expect of an old master.
fn about_old(version: &str) -> String {
    format!(
        "This master runs Mesos {version}. Before Mesos 1.9 a role's guarantee is also its limit, and a quota cannot be changed: \
         it is removed first, then set again."
    )
}
