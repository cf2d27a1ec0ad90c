//! Form that grows or shrinks a persistent volume to a new size.

use leptos::prelude::*;
use mesoscope_core::actions::pool::{AgentPool, amount_text, parse_pool_amount};
use mesoscope_core::actions::reservation::ReservationOperation;
use mesoscope_core::mesos::error_text::NamedField;
use mesoscope_core::mesos::wire::pool_resource::{PoolAmount, PoolResource};
use mesoscope_core::text::dialogs;
use mesoscope_core::text::reservations as words;

use super::super::ActionForm;
use super::super::field::{FieldKind, field};
use super::pools::{on, pools, refused};
use crate::actions::pool::PoolTarget;

/// A volume as it is.
#[derive(Clone, PartialEq)]
struct Sizes {
    volume: PoolResource,
    /// The size with all free disk of the same reservation.
    largest: PoolAmount,
}

/// Builds the form.
pub(super) fn form(target: PoolTarget) -> ActionForm {
    let title = words::resize_title(&target.volume(), &target.host());
    let agent = target.agent.clone();
    let pools = pools(Signal::stored(vec![agent.clone()]));
    let sizes = Memo::new(move |_| pools.with(|pools| sizes(pools.as_ref()?.first()?, &target)));
    let typed = RwSignal::new(None::<String>);
    let size = move || sizes.with(|sizes| sizes.as_ref().map(|sizes| amount_text("disk", &sizes.volume.amount)));
    let text = Signal::derive(move || typed.get().or_else(size).unwrap_or_default());
    let new = move || parse_pool_amount("disk", &text.get(), &PoolAmount::default());
    let operation = move || {
        let (volume, PoolAmount::Scalar(new)) = (sizes.get()?.volume, new().ok()?) else { return None };
        let PoolAmount::Scalar(old) = volume.amount else { return None };
        match new.checked_sub(old) {
            Some(0) => None,
            Some(by) => Some(ReservationOperation::Grow(volume, by)),
            None => Some(ReservationOperation::Shrink(volume, old - new)),
        }
    };
    let actions =
        Signal::derive(move || operation().map(|operation| on(&agent, operation)).into_iter().collect::<Vec<_>>());
    let refusal = RwSignal::new(None);
    let refused = refused(refusal, NamedField::Amount);
    let wrong = Signal::derive(move || new().err().or_else(|| refused.get()));
    let kind = FieldKind { is_short: true, ..FieldKind::default() };
    let input = field(Some("New size".to_owned()), kind, text, wrong, move |text| typed.set(Some(text)));
    let now = move || size().map(|size| dialogs::current(&size));
    let most = move || sizes.with(|sizes| sizes.as_ref().map(|sizes| words::can_grow_to(&sizes.largest)));
    let view = view! { <label>"New size"{input}<span class="dim">{now}</span><span class="dim">{most}</span></label> };
    ActionForm {
        actions,
        fault: Signal::derive(move || new().err()),
        view: view.into_any(),
        refusal,
        ..ActionForm::plain(title, "Resize", Vec::new())
    }
}

fn sizes(pool: &AgentPool, target: &PoolTarget) -> Option<Sizes> {
    let volume = pool.items.iter().find(|item| target.what.selects(&item.resource))?.resource.clone();
    let disk = PoolResource { volume: None, shared: false, ..volume.clone() };
    let largest = volume.amount.plus(&pool.free_of(&disk));
    Some(Sizes { volume, largest })
}
