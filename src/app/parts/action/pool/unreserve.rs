//! Form that removes dynamic reservations, all of them or a part.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::reservation::ReservationOperation;
use mesoscope_core::mesos::error_text::NamedField;
use mesoscope_core::mesos::wire::pool_resource::PoolResource;
use mesoscope_core::text::reservations as words;

use super::super::ActionForm;
use super::amounts::Amounts;
use super::pools::{on_found, per_provider, pools, pools_fault, refused};
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
        return on_found(plain, targets, pools, all_free);
    };
    let (target, of_volumes) = (target.clone(), target.clone());
    let agent = target.agent.clone();
    let ids = vec![target.agent.clone()];
    let amounts = Amounts::new(pools, move |resource| target.what.selects(resource), true);
    let actions = Signal::derive(move || per_provider(&agent, amounts.resources(), ReservationOperation::Unreserve));
    let fault = Signal::derive(move || pools_fault(ids.clone(), pools).or_else(|| amounts.fault()));
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

fn all_free(pool: &AgentPool, target: &PoolTarget) -> Vec<Action> {
    let meant = pool.items.iter().filter(|item| target.what.selects(&item.resource));
    let free = meant.map(|item| item.resource.of(item.free())).filter(|resource| !resource.amount.is_none());
    per_provider(&target.agent, free.collect(), ReservationOperation::Unreserve)
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
