//! Forms that create and destroy persistent volumes.

use leptos::prelude::*;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::reservation::ReservationOperation;
use mesoscope_core::actions::reservation::fault::check_volume_id;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::error_text::NamedField;
use mesoscope_core::mesos::wire::pool_resource::{PersistentVolume, PoolResource};
use mesoscope_core::text::reservations as words;

use super::super::ActionForm;
use super::super::field::{FieldKind, field};
use super::amounts::Amounts;
use super::pools::{on, on_found, pools, pools_fault, refused};
use super::principal::PrincipalField;
use crate::actions::pool::PoolTarget;

/// Input of the form for a new volume.
#[derive(Clone, Copy)]
struct Create {
    pools: Memo<Option<Vec<AgentPool>>>,
    /// The chosen disk, whatever disks come and go; `None` for the first.
    chosen: RwSignal<Option<PoolResource>>,
    agent: StoredValue<AgentId>,
    disks: Memo<Vec<PoolResource>>,
    amounts: Amounts,
    id: RwSignal<String>,
    path: RwSignal<String>,
    shared: RwSignal<bool>,
    principal: PrincipalField,
    refusal: RwSignal<Option<String>>,
}

/// Builds the form for a new volume of reserved disk.
pub(super) fn create(target: PoolTarget) -> ActionForm {
    let title = words::form_title("Create volume", &[target.host()]);
    let agent = target.agent.clone();
    let pools = pools(Signal::stored(vec![agent.clone()]));
    let disks = Memo::new(move |_| {
        let is_meant = |resource: &PoolResource| {
            resource.name == "disk" && !resource.reservations.is_empty() && target.what.selects(resource)
        };
        let items = pools.get().unwrap_or_default().into_iter().flat_map(|pool| pool.items);
        items.map(|item| item.resource).filter(is_meant).collect::<Vec<_>>()
    });
    let chosen = RwSignal::new(None);
    let is_chosen =
        move |resource: &PoolResource| chosen_disk(disks, chosen).is_some_and(|disk| resource.is_like(&disk));
    let form = Create {
        pools,
        chosen,
        agent: StoredValue::new(agent.clone()),
        disks,
        amounts: Amounts::new(pools, is_chosen, false),
        id: RwSignal::new(String::new()),
        path: RwSignal::new("data".to_owned()),
        shared: RwSignal::new(false),
        principal: PrincipalField::new(),
        refusal: RwSignal::new(None),
    };
    let actions = Signal::derive(move || form.action().map(|create| on(&agent, create)).into_iter().collect());
    let (fault, view, refusal) = (Signal::derive(move || form.fault()), form.view(), form.refusal);
    ActionForm { actions, fault, view, refusal, ..ActionForm::plain(title, "Create volume", Vec::new()) }
}

/// The chosen disk, or the first; `None` once the chosen one is gone.
fn chosen_disk(disks: Memo<Vec<PoolResource>>, chosen: RwSignal<Option<PoolResource>>) -> Option<PoolResource> {
    let disks = disks.read();
    match &*chosen.read() {
        Some(chosen) => disks.iter().find(|disk| disk.is_like(chosen)).cloned(),
        None => disks.first().cloned(),
    }
}

impl Create {
    fn disk(self) -> Option<PoolResource> {
        chosen_disk(self.disks, self.chosen)
    }

    fn action(self) -> Option<ReservationOperation> {
        let disk = self.amounts.resources().into_iter().next()?;
        let volume = PersistentVolume {
            id: self.id.get(),
            principal: self.principal.principal(),
            container_path: self.path.get().trim().to_owned(),
        };
        Some(ReservationOperation::Create { disk, volume, shared: self.shared.get() })
    }

    fn id_fault(self) -> Option<String> {
        self.id.with(|id| check_volume_id(id)).err().map(|error| error.to_string())
    }

    fn fault(self) -> Option<String> {
        let no_disk = self.pools.with(Option::is_some) && self.disks.with(Vec::is_empty);
        let no_disk = || no_disk.then(|| words::NO_RESERVED_DISK.to_owned());
        let is_gone =
            || self.disk().is_none().then(|| words::DISK_GONE.to_owned()).filter(|_| self.pools.with(Option::is_some));
        let no_path = || self.path.read().trim().is_empty().then(|| words::NO_PATH.to_owned());
        let gone = pools_fault(vec![self.agent.get_value()], self.pools);
        let fault = gone
            .or_else(no_disk)
            .or_else(is_gone)
            .or_else(|| self.id_fault())
            .or_else(no_path)
            .or_else(|| self.amounts.fault());
        fault.or_else(|| self.principal.fault())
    }

    fn view(self) -> AnyView {
        let refused_id = refused(self.refusal, NamedField::VolumeId);
        let wrong_id =
            Signal::derive(move || self.id_fault().filter(|_| !self.id.read().is_empty()).or_else(|| refused_id.get()));
        let id =
            field(Some("ID".to_owned()), FieldKind::default(), self.id.into(), wrong_id, move |text| self.id.set(text));
        let wrong_path = Signal::derive(move || self.path.read().trim().is_empty().then(|| words::NO_PATH.to_owned()));
        let path =
            field(Some("Container path".to_owned()), FieldKind::default(), self.path.into(), wrong_path, move |text| {
                self.path.set(text)
            });
        let option = move |(at, disk): (usize, PoolResource)| {
            let words = words::disk(&disk);
            let is_chosen = move || self.disk().is_some_and(|chosen| chosen.is_like(&disk));
            view! { <option value=at.to_string() prop:selected=is_chosen>{words}</option> }
        };
        let options = move || self.disks.get().into_iter().enumerate().map(option).collect_view();
        let choose = move |event| {
            let at = event_target_value(&event).parse::<usize>().ok();
            self.chosen.set(at.and_then(|at| self.disks.with_untracked(|disks| disks.get(at).cloned())));
        };
        let disk = move || {
            (self.disks.read().len() > 1)
                .then(|| view! { <label>"Disk"<select class="inline" on:change=choose>{options}</select></label> })
        };
        let of = move || self.disk().as_ref().map(words::disk);
        view! {
            {disk}
            <p class="dim">{of}</p>
            <div class="form-fields">
                <label>"ID"{id}</label>
                <label>"Container path"{path}</label>
                {self.principal.view(self.refusal)}
            </div>
            {self.amounts.view(refused(self.refusal, NamedField::Amount))}
            <label><input type="checkbox" prop:checked=self.shared on:change=move |event| self.shared.set(event_target_checked(&event))/>"Shared: several tasks may use it at once"</label>
            <p class="dim">{words::MODE}</p>
        }
        .into_any()
    }
}

/// Builds the form that destroys volumes.
pub(super) fn destroy(targets: Vec<PoolTarget>) -> ActionForm {
    let mut hosts: Vec<String> = targets.iter().map(PoolTarget::host).collect();
    hosts.dedup();
    let title = words::destroy_title(&targets.iter().map(|target| target.volume()).collect::<Vec<_>>(), &hosts);
    let pools = pools(Signal::stored(targets.iter().map(|target| target.agent.clone()).collect()));
    let of = |pool: &AgentPool, target: &PoolTarget| {
        let item = pool.items.iter().find(|item| target.what.selects(&item.resource));
        let destroy = item.map(|item| on(&target.agent, ReservationOperation::Destroy(item.resource.clone())));
        destroy.into_iter().collect()
    };
    on_found(ActionForm::plain(title, "Destroy", Vec::new()), targets, pools, of)
}
