//! The maintenance schedule: on a time axis, as a list, and, while it is edited, as a draft of which nothing is sent until it is
//! reviewed.

mod axis;
mod bar;
pub(crate) mod draft;
pub(crate) mod editor;
mod files;
mod form;
mod list;
mod machine_picker;
mod table;
mod zones;
