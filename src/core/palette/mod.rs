//! The command palette: which commands fit what was typed, and the pages that a browser keeps.
//!
//! Searches no cluster; that is `views::search`.

pub mod kept_pages;
pub mod matching;
