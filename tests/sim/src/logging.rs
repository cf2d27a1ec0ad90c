//! Log level of a master or an agent.

/// A log level with its expiry.
#[derive(Debug, Default)]
pub(crate) struct Logging {
    level: u32,
    until: i64,
}

impl Logging {
    pub(crate) fn set(&mut self, level: u32, until: i64) {
        (self.level, self.until) = (level, until);
    }

    pub(crate) fn level(&self, now: i64) -> u32 {
        if now < self.until { self.level } else { 0 }
    }
}
