//! The copy of a real cluster: a real Mesos 1.11.0 on loopback (tests/real-mesos), the gateway before it, and an `Engine` that
//! subscribes through it. Things are done to the cluster by its API and by real frameworks; after each, the copy has to be what the
//! master answers. All writes are said to a simulated cluster, too, which has to take them alike. Skipped, loudly, where that Mesos cannot be: it needs Linux on x86_64 and a python2.7; the rest it installs itself.

mod real {
    #[path = "../gateway/ask.rs"]
    #[allow(dead_code, reason = "tests/gateway.rs uses the rest")]
    mod ask;
    #[path = "../gateway/executable.rs"]
    #[allow(dead_code, reason = "tests/gateway.rs uses the rest")]
    mod executable;
    #[path = "../gateway/terminal.rs"]
    #[allow(dead_code, reason = "tests/gateway.rs uses the rest")]
    mod terminal;

    mod console;
    mod containers;
    mod operator;

    mod day;
    mod read_only;
    mod scheduler;
    mod sessions;
    mod writes;
}
