//! What is wrong with a cluster, what went wrong on the way from it, and what may be done to it now.

pub mod can;
pub mod lint;
pub mod trouble;
