//! What is wrong with a cluster, what went wrong on the way from it, what of it may be hidden, and what may be done to it now.

pub mod disconnect;
pub mod eligibility;
pub mod flag_comparison;
pub mod lint;
pub mod reservations;
pub mod trouble;
pub mod visibility;
