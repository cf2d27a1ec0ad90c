//! Quotas of roles: guarantees and limits, typed with units, beside what the role consumes, what others are guaranteed and what
//! the cluster has.

use leptos::prelude::*;
use mesoscope::act::{Act, Budget, Pace, RoleQuota, check_role, print_amount, read_amount};
use mesoscope::ids::Role;
use mesoscope::query::{Answer, Query};
use mesoscope::text;

use super::Form;
use crate::ui::link::link;
use crate::ui::parts::scalar;

/// One role of the form.
#[derive(Clone, Copy)]
struct Section {
    role: RwSignal<String>,
    is_new: bool,
    lines: RwSignal<Vec<Line>>,
    refusal: RwSignal<Option<String>>,
}

/// A resource of it, as it is typed.
#[derive(Clone)]
struct Line {
    budget: Budget,
    guarantee: RwSignal<String>,
    limit: RwSignal<String>,
}

impl Line {
    fn of(budget: Budget) -> Self {
        let typed = |amount: Option<f64>| {
            RwSignal::new(amount.map(|amount| print_amount(&budget.resource, amount)).unwrap_or_default())
        };
        Self { guarantee: typed(budget.guarantee), limit: typed(budget.limit), budget }
    }

    fn guarantee(&self) -> Result<Option<f64>, String> {
        read_amount(&self.budget.resource, &self.guarantee.read()).map_err(|error| error.to_string())
    }

    fn limit(&self) -> Result<Option<f64>, String> {
        read_amount(&self.budget.resource, &self.limit.read()).map_err(|error| error.to_string())
    }

    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        match (self.guarantee(), self.limit()) {
            (Err(words), _) | (_, Err(words)) => Some(words),
            (Ok(Some(guarantee)), Ok(Some(limit))) if guarantee > limit => {
                Some("The guarantee is more than the limit.".to_owned())
            }
            _ => None,
        }
    }
}

impl Section {
    fn quota(self) -> RoleQuota {
        let mut quota = RoleQuota { role: Role(self.role.read().trim().to_owned()), ..RoleQuota::default() };
        for line in self.lines.read().iter() {
            let resource = &line.budget.resource;
            // A guarantee of nothing is none.
            let guarantee = line.guarantee().ok().flatten().filter(|amount| *amount > 0.0);
            quota.guarantees.extend(guarantee.map(|amount| (resource.clone(), amount)));
            quota.limits.extend(line.limit().ok().flatten().map(|amount| (resource.clone(), amount)));
        }
        quota
    }

    fn faults(self) -> Vec<String> {
        let role = self.role.read();
        let named = check_role(role.trim()).err().map(str::to_owned);
        let lines = self.lines.read();
        let wrong = |line: &Line| line.fault().map(|words| format!("{role}, {}: {words}", line.budget.resource));
        named.into_iter().chain(lines.iter().filter_map(wrong)).collect()
    }

    /// What the cluster says of the role; what was typed stays.
    fn told(self, budgets: Vec<Budget>) {
        let known = self.lines.with_untracked(|lines| lines.iter().map(|line| line.budget.clone()).collect::<Vec<_>>());
        if known == budgets {
            return;
        }
        self.lines.update(|lines| {
            for budget in budgets {
                match lines.iter_mut().find(|line| line.budget.resource == budget.resource) {
                    Some(line) => line.budget = budget,
                    None => lines.push(Line::of(budget)),
                }
            }
        });
    }

    fn reset(self) {
        self.lines.with_untracked(|lines| {
            lines.iter().for_each(|line| {
                line.guarantee.set(String::new());
                line.limit.set(String::new());
            });
        });
    }

    fn view(self) -> AnyView {
        let answer = link().watch(move || Query::Budget(Role(self.role.read().trim().to_owned())));
        Effect::new(move |_| {
            if let Some(Answer::Budget(budgets)) = answer.get() {
                self.told(budgets);
            }
        });
        let name = move || {
            if self.is_new {
                view! {
                <label>"Role" <input class="inline" type="text" autocapitalize="none" spellcheck="false" prop:value=self.role
                    on:input=move |event| self.role.set(event_target_value(&event))/></label>
            }.into_any()
            } else {
                view! { <h3>{self.role.get_untracked()}</h3> }.into_any()
            }
        };
        let refused = move || {
            self.refusal
                .with(|words| words.as_ref().is_some_and(|words| words.contains(&format!("'{}'", self.role.read()))))
        };
        let more = RwSignal::new(String::new());
        let add = move |_| {
            let resource = more.get_untracked().trim().to_owned();
            let known = self.lines.with_untracked(|lines| lines.iter().any(|line| line.budget.resource == resource));
            if !resource.is_empty() && !known {
                self.lines.update(|lines| lines.push(Line::of(Budget { resource, ..Budget::default() })));
                more.set(String::new());
            }
        };
        view! {
            <section class="quota" data-refused=move || refused().then_some("")>
                <header>{name()}<button class="text-button" type="button" on:click=move |_| self.reset()>"Reset"</button></header>
                <table class="plain">
                    <thead><tr><th>"Resource"</th><th>"Guarantee"</th><th>"Limit"</th><th class="wide">"Of the cluster"</th></tr></thead>
                    <tbody><For each=move || self.lines.get() key=|line| format!("{} {:?}", line.budget.resource, line.budget) children=row/></tbody>
                </table>
                <p><input class="inline" type="text" placeholder="another resource" aria-label="Another resource" prop:value=more on:input=move |event| more.set(event_target_value(&event))/>
                    <button class="text-button" type="button" on:click=add>"Add it"</button></p>
            </section>
        }
        .into_any()
    }
}

fn row(line: Line) -> AnyView {
    let resource = line.budget.resource.clone();
    let field = |name: &'static str, value: RwSignal<String>, wrong: Signal<bool>| {
        let label = format!("{name} of {resource}");
        view! {
            <input class="inline short" type="text" inputmode="decimal" autocomplete="off" placeholder=if name == "Limit" { "no limit" } else { "none" } aria-label=label prop:value=value
                aria-invalid=move || wrong.get().then_some("true") on:input=move |event| value.set(event_target_value(&event))/>
        }
    };
    let (of_guarantee, of_limit, of_both) = (line.clone(), line.clone(), line.clone());
    let guarantee = field(
        "Guarantee",
        line.guarantee,
        Signal::derive(move || of_guarantee.guarantee().is_err() || of_guarantee.fault().is_some()),
    );
    let limit = field("Limit", line.limit, Signal::derive(move || of_limit.limit().is_err()));
    let words = move || of_both.fault();
    view! {
        <tr><th scope="row">{resource.clone()}</th><td>{guarantee}</td><td>{limit}<p class="wrong">{words}</p></td><td class="wide">{bar(line)}</td></tr>
    }
    .into_any()
}

/// What others are guaranteed, then what this role would be; what it consumes beneath, and its limit as a mark.
fn bar(line: Line) -> AnyView {
    let budget = line.budget.clone();
    let resource = budget.resource.clone();
    let Some(capacity) = budget.capacity.filter(|capacity| *capacity > 0.0) else {
        return view! { <span class="dim">"Mesos counts none of it here."</span> }.into_any();
    };
    let share = move |amount: f64| format!("{:.2}%", (amount / capacity * 100.0).clamp(0.0, 100.0));
    let others = budget.others;
    let consumed = budget.consumed.unwrap_or(0.0);
    let (guaranteed, limited) = (line.clone(), line);
    let guarantee = Memo::new(move |_| guaranteed.guarantee().ok().flatten().unwrap_or(0.0));
    let limit = Memo::new(move |_| limited.limit().ok().flatten());
    let says = move || {
        let amount = |amount: f64| scalar(&resource, amount);
        let left = capacity - others - guarantee.get();
        let left = if left < 0.0 {
            format!("{} too much guaranteed", amount(-left))
        } else {
            format!("{} left to guarantee", amount(left))
        };
        format!(
            "consumes {} · others are guaranteed {} of {} · {left}",
            amount(consumed),
            amount(others),
            amount(capacity)
        )
    };
    let over = move || limit.get().is_some_and(|limit| consumed > limit);
    let too_much = move || others + guarantee.get() > capacity;
    view! {
        <div class="budget" data-over=move || over().then_some("") data-short=move || too_much().then_some("")>
            <div class="track"><i class="others" style:width=share(others)></i><i style:width=move || share(guarantee.get())></i></div>
            <div class="track thin"><i style:width=share(consumed)></i></div>
            {move || limit.get().map(|limit| view! { <b class="mark" style:left=share(limit)></b> })}
            <small class="dim">{says}</small>
        </div>
    }
    .into_any()
}

/// The form: a section for each role.
pub(super) fn form(roles: Vec<Role>) -> Form {
    let title = match roles.as_slice() {
        [] => "Quota of a role".to_owned(),
        [role] => format!("Quota of {role}"),
        many => format!("Quotas of {}", text::plural(u32::try_from(many.len()).unwrap_or(u32::MAX), "role", "roles")),
    };
    let refusal = RwSignal::new(None);
    let section = |role: String, is_new: bool| Section {
        role: RwSignal::new(role),
        is_new,
        lines: RwSignal::new(Vec::new()),
        refusal,
    };
    let sections: Vec<Section> = if roles.is_empty() {
        vec![section(String::new(), true)]
    } else {
        roles.into_iter().map(|role| section(role.0, false)).collect()
    };
    let all = StoredValue::new(sections.clone());
    let acts = Signal::derive(move || {
        let quotas = all.with_value(|sections| sections.iter().map(|section| section.quota()).collect::<Vec<_>>());
        // Before the cluster has said what stands, nothing typed stands in the fields.
        let told = all.with_value(|sections| sections.iter().all(|section| !section.lines.read().is_empty()));
        if told { vec![Act::Quotas { quotas, force: false }] } else { Vec::new() }
    });
    let faults = Signal::derive(move || {
        all.with_value(|sections| sections.iter().flat_map(|section| section.faults()).collect::<Vec<_>>())
    });
    let view = view! {
        <div class="quotas">
            {sections.into_iter().map(Section::view).collect_view()}
            <p class="dim">"Memory and disk in MiB, or with a unit: 512, 2 GiB, 1.5 TiB. A role without any amount has no quota."</p>
        </div>
    }
    .into_any();
    Form { title, verb: "Set quota", acts, faults, pace: Signal::stored(Pace::default()), view, refusal }
}
