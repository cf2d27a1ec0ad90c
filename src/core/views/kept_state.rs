//! What a view keeps between its answers, of any type: the engine holds it, and only the view looks inside.

use std::any::Any;

/// Rows that are searched at once: about 10 ms in a browser, after which a new key is seen.
const ROWS_AT_ONCE: usize = 16_000;

/// What one watched view keeps; nothing at first.
#[derive(Debug)]
pub struct KeptState {
    kept: Option<Box<dyn Any + Send>>,
    /// Number of rows that the view may search before it lets other work be done.
    pub(super) rows_at_once: usize,
}

impl Default for KeptState {
    fn default() -> Self {
        Self::in_slices(ROWS_AT_ONCE)
    }
}

impl KeptState {
    /// Nothing yet, of a view that searches so many rows at once.
    pub fn in_slices(rows_at_once: usize) -> Self {
        Self { kept: None, rows_at_once }
    }

    /// What is kept, as this type. What is kept of another type is dropped.
    pub(super) fn of<T: Any + Send + Default>(&mut self) -> &mut T {
        let kept = self.kept.take().and_then(|kept| kept.downcast::<T>().ok()).unwrap_or_default();
        self.kept.insert(kept).downcast_mut().expect("it was just made of this type")
    }

    /// Drops what is kept.
    pub fn clear(&mut self) {
        self.kept = None;
    }
}
