//! How a process ended, as `wait(2)` reports it in one number. Mesos passes that number on as `exit_status`.

/// End of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitStatus {
    /// The process exited by itself with this code.
    Exited(u8),
    /// A signal with this number ended the process.
    Signaled {
        /// Number of the signal.
        signal: u8,
        /// Whether memory was dumped to a file.
        has_core: bool,
    },
    /// A number that no ended process has.
    Other(i64),
}

impl WaitStatus {
    /// Reads a wait status as Linux packs it: the signal in the low seven bits, the exit code in the next byte.
    pub fn of(status: i64) -> Self {
        let low = |bits: i64| u8::try_from(bits).unwrap_or_default();
        match status & 0x7f {
            _ if !(0..=0xffff).contains(&status) => Self::Other(status),
            0 if status & 0x80 == 0 => Self::Exited(low(status >> 8)),
            0 | 0x7f => Self::Other(status),
            signal => Self::Signaled { signal: low(signal), has_core: status & 0x80 != 0 },
        }
    }

    /// Whether the process exited by itself with code 0.
    pub fn is_success(self) -> bool {
        self == Self::Exited(0)
    }
}

/// Names of the signals 1 to 31 on Linux, in order.
const SIGNALS: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

/// Name of a signal by its number on Linux; `None` for a real-time signal, or none.
pub fn signal_name(number: i32) -> Option<&'static str> {
    SIGNALS.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_status_is_a_code_or_a_signal() {
        let check = |status: i64, expected: WaitStatus| assert_eq!(WaitStatus::of(status), expected, "{status}");
        check(0, WaitStatus::Exited(0));
        check(1792, WaitStatus::Exited(7));
        check(768, WaitStatus::Exited(3));
        check(65_280, WaitStatus::Exited(255));
        check(9, WaitStatus::Signaled { signal: 9, has_core: false });
        check(139, WaitStatus::Signaled { signal: 11, has_core: true });
        for odd in [-1, 128, 127, 0x1_0000, i64::MAX, i64::MIN] {
            check(odd, WaitStatus::Other(odd));
        }
    }

    #[test]
    fn signals_have_their_names() {
        let check = |number: i32, name: Option<&str>| assert_eq!(signal_name(number), name, "{number}");
        check(9, Some("SIGKILL"));
        check(15, Some("SIGTERM"));
        check(31, Some("SIGSYS"));
        for none in [0, -1, 32, i32::MIN] {
            check(none, None);
        }
    }
}
