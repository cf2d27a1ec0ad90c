//! What pages show of the cluster: one file a view, each a question and its answer. A table's answer is a window of rows.
//! Changes nothing, and knows nothing of who asks.

pub mod agent;
pub mod agents;
pub mod body;
pub mod cannot;
pub mod changes;
pub mod entry;
pub mod executor;
pub mod executors;
pub mod export;
pub mod facets;
pub mod filter;
pub mod framework;
pub mod frameworks;
pub mod history;
pub mod machines;
pub mod maintenance;
pub mod map;
pub mod master;
mod needle;
pub mod offers;
pub mod operations;
pub mod overview;
pub mod plans;
pub mod query;
pub mod roles;
pub mod search;
pub mod standing;
pub mod table;
pub mod task;
pub mod tasks;
pub mod trouble;
pub mod view;
pub mod volumes;
