//! Form that reserves resources for a role: unreserved ones, or those of another reservation.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::pool::form::check_layer;
use mesoscope_core::actions::pool::labels::parse_labels;
use mesoscope_core::actions::pool::limits::{ExceededLimit, exceeded_limits, quota_role, reserved_by};
use mesoscope_core::actions::quotas::QuotaFormAmounts;
use mesoscope_core::actions::reservation::ReservationOperation;
use mesoscope_core::base::ids::Role;
use mesoscope_core::mesos::error_text::NamedField;
use mesoscope_core::mesos::wire::pool_resource::{PoolResource, ReservationLayer};
use mesoscope_core::text;
use mesoscope_core::text::reservations as words;
use mesoscope_core::views::previews::{QuotaAmountsQuery, RefusedActionsQuery};

use super::super::ActionForm;
use super::super::field::{FieldKind, field};
use super::agent_choice::agent_choice;
use super::amounts::Amounts;
use super::pools::{per_provider, pools, pools_fault, refused};
use super::principal::PrincipalField;
use crate::actions::pool::NamedAgent;
use crate::parts::pool_bars::pool_bars;
use crate::worker_link::link;

/// Input of the form.
#[derive(Clone, Copy)]
struct Reserve {
    agents: RwSignal<Vec<NamedAgent>>,
    pools: Memo<Option<Vec<AgentPool>>>,
    /// Reservations that the resources have now.
    from: RwSignal<Vec<ReservationLayer>>,
    /// Whether the newest of them is replaced rather than refined.
    replaces: RwSignal<bool>,
    role: RwSignal<String>,
    labels: RwSignal<String>,
    principal: PrincipalField,
    amounts: Amounts,
    /// Amounts of the quota that the role counts against, and its role; `None` while they are not known.
    quota: Memo<Option<(Role, QuotaFormAmounts)>>,
    refusal: RwSignal<Option<String>>,
}

/// Builds the form.
pub(super) fn form(agents: Vec<NamedAgent>, role: Option<Role>, from: Vec<ReservationLayer>) -> ActionForm {
    let hosts: Vec<String> = agents.iter().map(|(id, host)| text::agents::name(host, id.as_str())).collect();
    let title = words::form_title("Reserve resources", &hosts);
    let chooses = agents.is_empty();
    let (agents, from) = (RwSignal::new(agents), RwSignal::new(from));
    let pools = pools(Signal::derive(move || agents.get().into_iter().map(|(id, _)| id).collect()));
    let role = RwSignal::new(role.map(|role| role.0).unwrap_or_default());
    let top = Memo::new(move |_| quota_role(&Role(role.read().trim().to_owned())));
    let answer = link().watch(move || QuotaAmountsQuery(top.get()));
    let quota = Memo::new(move |_| match answer.get() {
        Some((role, Ok(amounts))) if role == top.get() => Some((role, amounts)),
        _ => None,
    });
    let is_meant = move |resource: &PoolResource| from.with(|from| resource.reservations == *from);
    let form = Reserve {
        agents,
        pools,
        from,
        replaces: RwSignal::new(false),
        role,
        labels: RwSignal::new(String::new()),
        principal: PrincipalField::new(),
        amounts: Amounts::new(pools, is_meant, false),
        quota,
        refusal: RwSignal::new(None),
    };
    let (actions, fault) = (Signal::derive(move || form.actions()), Signal::derive(move || form.fault()));
    let (view, refusal) = (form.view(chooses, form.sent()), form.refusal);
    ActionForm { actions, fault, view, refusal, ..ActionForm::plain(title, "Reserve", Vec::new()) }
}

impl Reserve {
    /// Reservations that stay below the new one.
    fn below(self) -> Vec<ReservationLayer> {
        let mut below = self.from.get();
        if self.replaces.get() {
            below.pop();
        }
        below
    }

    fn role(self) -> Role {
        Role(self.role.get().trim().to_owned())
    }

    fn layers(self) -> Vec<ReservationLayer> {
        let newest = ReservationLayer {
            is_dynamic: true,
            role: self.role(),
            principal: self.principal.principal(),
            labels: parse_labels(&self.labels.get()),
        };
        [self.below(), vec![newest]].concat()
    }

    fn actions(self) -> Vec<Action> {
        let (resources, layers) = (self.amounts.resources(), self.layers());
        let reserve = |resources| ReservationOperation::Reserve { resources, layers: layers.clone() };
        self.agents.get().iter().flat_map(|(agent, _)| per_provider(agent, resources.clone(), reserve)).collect()
    }

    fn role_fault(self) -> Option<String> {
        check_layer(&self.role(), &self.below()).err().map(|wrong| text::actions::form_error(&wrong))
    }

    fn fault(self) -> Option<String> {
        let no_agent = || self.agents.read().is_empty().then(|| words::NO_AGENT.to_owned());
        let ids = || self.agents.get().into_iter().map(|(id, _)| id).collect();
        let gone = || pools_fault(ids(), self.pools);
        let fault = no_agent().or_else(gone).or_else(|| self.role_fault()).or_else(|| self.amounts.fault());
        fault.or_else(|| self.principal.fault())
    }

    /// Resources that are reserved if the form is sent: those on agents that a master would refuse are not.
    fn sent(self) -> Memo<Vec<PoolResource>> {
        // A number ties each response to its list.
        let asked = Memo::new(move |last: Option<&(u32, Vec<Action>)>| {
            (last.map_or(0, |last| last.0.wrapping_add(1)), self.actions())
        });
        let answer = link().watch(move || {
            let (number, actions) = asked.get();
            RefusedActionsQuery { number, actions }
        });
        Memo::new(move |last: Option<&Vec<PoolResource>>| match answer.get() {
            Some((number, refused)) if number == asked.read().0 => {
                asked.with(|(_, actions)| reserved_by(actions, &refused))
            }
            _ => last.cloned().unwrap_or_default(),
        })
    }

    /// Warnings for the limits that the reservation exceeds.
    fn exceeded(self, sent: Memo<Vec<PoolResource>>) -> Option<AnyView> {
        let (top, amounts) = self.quota.get()?;
        let exceeded = sent.with(|sent| exceeded_limits(&amounts.resources, &self.role(), sent));
        let line =
            |of: &ExceededLimit| view! { <p class="state" data-tone="warn">{words::exceeded_limit(&top, of)}</p> };
        let lines = exceeded.iter().map(line).collect_view();
        (!exceeded.is_empty()).then(|| view! { <div class="exceeded" role="status">{lines}</div> }.into_any())
    }

    fn view(self, chooses: bool, sent: Memo<Vec<PoolResource>>) -> AnyView {
        let refused_role = refused(self.refusal, NamedField::Role);
        let wrong_role = Signal::derive(move || {
            // An empty role is missing, not wrong.
            self.role_fault().filter(|_| !self.role.read().trim().is_empty()).or_else(|| refused_role.get())
        });
        let role = field(Some("Role".to_owned()), FieldKind::default(), self.role.into(), wrong_role, move |text| {
            self.role.set(text)
        });
        let kind = FieldKind { placeholder: "none, or key=value, …", ..FieldKind::default() };
        let labels = field(Some("Labels".to_owned()), kind, self.labels.into(), Signal::stored(None), move |text| {
            self.labels.set(text)
        });
        let is_one = move || self.agents.read().len() == 1;
        let bars = move || {
            let pool = self.pools.with(|pools| pools.as_ref()?.first().filter(|_| is_one()).cloned())?;
            Some(pool_bars(&pool))
        };
        let each = move || (self.agents.read().len() > 1).then(|| view! { <p class="dim">{words::ON_EACH_AGENT}</p> });
        view! {
            {chooses.then(|| agent_choice(self.agents))}
            {bars}
            {move || is_one().then(|| self.sources())}
            <div class="form-fields">
                <label>"Role"{role}</label>
                {self.principal.view(self.refusal)}
                <label>"Labels"{labels}</label>
            </div>
            {each}
            {self.amounts.view(refused(self.refusal, NamedField::Amount))}
            {move || self.exceeded(sent)}
            <p class="dim">{words::DYNAMIC_AND_STATIC}</p>
        }
        .into_any()
    }

    /// Choice of the resources to reserve: unreserved, or those of a reservation.
    fn sources(self) -> AnyView {
        let all = Memo::new(move |_| {
            let mut all: Vec<Vec<ReservationLayer>> = vec![Vec::new()];
            self.pools.with(|pools| {
                let items = pools.iter().flatten().flat_map(|pool| &pool.items);
                for item in items.filter(|item| item.resource.volume.is_none()) {
                    // The pool is sorted by its reservations.
                    if all.last() != Some(&item.resource.reservations) {
                        all.push(item.resource.reservations.clone());
                    }
                }
            });
            all
        });
        let choose = move |event| {
            let at: Option<usize> = event_target_value(&event).parse().ok();
            self.replaces.set(false);
            self.from.set(at.and_then(|at| all.get_untracked().get(at).cloned()).unwrap_or_default());
        };
        let option = move |(at, layers): (usize, Vec<ReservationLayer>)| {
            let is_chosen = move || all.with(|all| all.get(at) == Some(&*self.from.read()));
            view! { <option value=at.to_string() prop:selected=is_chosen>{words::layers(&layers)}</option> }
        };
        let options = move || all.get().into_iter().enumerate().map(option).collect_view();
        let can_replace = move || self.from.with(|from| from.last().is_some_and(|layer| layer.is_dynamic));
        view! {
            <label>"Resources"<select class="inline" on:change=choose>{options}</select></label>
            <Show when=can_replace><label><input type="checkbox" prop:checked=self.replaces on:change=move |event| self.replaces.set(event_target_checked(&event))/>
                "Move to another role, instead of refining the reservation"</label></Show>
        }
        .into_any()
    }
}
