//! Cluster sizes. The performance budgets refer to the four named ones.

use std::fmt;
use std::str::FromStr;

/// Size of a cluster: agents, active tasks, and completed tasks that the master still keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Small,
    Medium,
    Large,
    Huge,
    Custom { agents: u32, tasks: u32, completed: u32 },
}

impl Size {
    pub fn agents(self) -> u32 {
        self.counts().0
    }

    /// Number of tasks that are staging, starting, running or being killed.
    pub fn tasks(self) -> u32 {
        self.counts().1
    }

    pub fn completed(self) -> u32 {
        self.counts().2
    }

    fn counts(self) -> (u32, u32, u32) {
        match self {
            Size::Small => (100, 1_000, 1_000),
            Size::Medium => (1_000, 20_000, 20_000),
            Size::Large => (10_000, 100_000, 100_000),
            Size::Huge => (40_000, 400_000, 400_000),
            Size::Custom { agents, tasks, completed } => (agents, tasks, completed),
        }
    }
}

/// Text that names no size.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSuchSize(String);

impl fmt::Display for NoSuchSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a size: expecting small, medium, large, huge or AGENTS:TASKS:COMPLETED", self.0)
    }
}

impl std::error::Error for NoSuchSize {}

impl FromStr for Size {
    type Err = NoSuchSize;

    fn from_str(text: &str) -> Result<Size, NoSuchSize> {
        match text {
            "small" => Ok(Size::Small),
            "medium" => Ok(Size::Medium),
            "large" => Ok(Size::Large),
            "huge" => Ok(Size::Huge),
            other => custom(other).ok_or_else(|| NoSuchSize(other.to_owned())),
        }
    }
}

fn custom(text: &str) -> Option<Size> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let size = Size::Custom { agents: parts.next()??, tasks: parts.next()??, completed: parts.next()?? };
    parts.next().is_none().then_some(size)
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Small => f.write_str("small"),
            Size::Medium => f.write_str("medium"),
            Size::Large => f.write_str("large"),
            Size::Huge => f.write_str("huge"),
            Size::Custom { agents, tasks, completed } => write!(f, "{agents}:{tasks}:{completed}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_survives_its_own_text() {
        for size in
            [Size::Small, Size::Medium, Size::Large, Size::Huge, Size::Custom { agents: 3, tasks: 4, completed: 5 }]
        {
            assert_eq!(size.to_string().parse(), Ok(size));
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "tiny", "1:2", "1:2:3:4", "a:b:c", "-1:2:3"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
