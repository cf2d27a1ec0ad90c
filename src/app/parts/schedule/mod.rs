//! The maintenance schedule: a time axis, a list, and an editable draft.
//!
//! A draft is only sent after its review.

mod axis;
mod bar;
pub(crate) mod draft;
pub(crate) mod editor;
mod files;
mod form;
mod impact;
mod list;
mod machine_picker;
mod table;
mod zones;
