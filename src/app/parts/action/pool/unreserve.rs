//! Form that removes dynamic reservations, all of them or a part.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::reservation::ReservationOperation;
use mesoscope_core::mesos::error_text::NamedField;
use mesoscope_core::mesos::wire::pool_resource::PoolResource;
use mesoscope_core::text::reservations as words;

use super::super::ActionForm;
use super::amounts::{Amounts, lines};
use super::pools::{per_provider, pools, refused};
use crate::actions::pool::PoolTarget;

/// Builds the form. Of several reservations, all that is free is unreserved.
pub(super) fn form(targets: Vec<PoolTarget>) -> ActionForm {
    let refusal = RwSignal::new(None);
    let mut hosts: Vec<String> = targets.iter().map(PoolTarget::host).collect();
    hosts.dedup();
    let title = words::form_title("Unreserve resources", &hosts);
    let ids = targets.iter().map(|target| target.agent.clone()).collect();
    let pools = pools(Signal::stored(ids));
    let plain = ActionForm::plain(title, "Unreserve", Vec::new());
    let [target] = targets.as_slice() else {
        return ActionForm { actions: Signal::derive(move || all_free(&targets, pools)), ..plain };
    };
    let (target, of_volumes) = (target.clone(), target.clone());
    let agent = target.agent.clone();
    let is_meant = move |resource: &PoolResource| target.what.selects(resource);
    let lines = Memo::new(move |_| pools.with(|pools| lines(pools.as_deref().unwrap_or_default(), &is_meant)));
    let amounts = Amounts::new(lines, true);
    let actions = Signal::derive(move || per_provider(&agent, amounts.resources(), ReservationOperation::Unreserve));
    let fault = Signal::derive(move || amounts.fault());
    let stay = move || {
        let volumes = pools.with(|pools| of_volumes.volumes_kept(pools.as_deref().unwrap_or_default()));
        (volumes > 0).then(|| view! { <p class="state" data-tone="warn">{words::volumes_stay(volumes)}</p> })
    };
    let view = view! {
        {amounts.view(refused(refusal, NamedField::Amount))}
        {stay}
        <p class="dim">{words::DYNAMIC_AND_STATIC}</p>
    }
    .into_any();
    ActionForm { actions, fault, view, refusal, ..plain }
}

fn all_free(targets: &[PoolTarget], pools: Memo<Option<Vec<AgentPool>>>) -> Vec<Action> {
    let pools = pools.get().unwrap_or_default();
    let of = |target: &PoolTarget| {
        let pool = pools.iter().find(|pool| pool.agent == target.agent)?;
        let meant = pool.items.iter().filter(|item| target.what.selects(&item.resource));
        let free = meant.map(|item| item.resource.of(item.free())).filter(|resource| !resource.amount.is_none());
        Some(per_provider(&target.agent, free.collect(), ReservationOperation::Unreserve))
    };
    targets.iter().filter_map(of).flatten().collect()
}

impl PoolTarget {
    /// Number of volumes with the reservation that is meant.
    fn volumes_kept(&self, pools: &[AgentPool]) -> u32 {
        let items = pools.iter().flat_map(|pool| &pool.items);
        let is_kept = |resource: &PoolResource| {
            resource.volume.is_some() && self.what.selects(&PoolResource { volume: None, ..resource.clone() })
        };
        u32::try_from(items.filter(|item| is_kept(&item.resource)).count()).unwrap_or(u32::MAX)
    }
}
