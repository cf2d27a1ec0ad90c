//! Forms for reservations and persistent volumes of agents.

mod agent_choice;
mod amounts;
mod pools;
mod principal;
mod reserve;
mod resize;
mod unreserve;
mod volumes;

use super::ActionForm;
use crate::actions::pool::PoolProposal;

/// Builds the form.
pub(super) fn form(proposal: PoolProposal) -> ActionForm {
    match proposal {
        PoolProposal::Reserve { agents, role, from } => reserve::form(agents, role, from),
        PoolProposal::Unreserve(targets) => unreserve::form(targets),
        PoolProposal::CreateVolume(target) => volumes::create(target),
        PoolProposal::DestroyVolumes(targets) => volumes::destroy(targets),
        PoolProposal::ResizeVolume(target) => resize::form(target),
    }
}
