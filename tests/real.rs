//! The copy of a real cluster: a real Mesos 1.11.0 on loopback (tests/real-mesos), the gateway before it, and an `Engine` that
//! subscribes through it. Things are done to the cluster by its API and by real frameworks; after each, the copy has to be what the
//! master answers. All writes are said to a simulated cluster, too, which has to take them alike. Skipped, loudly, where that Mesos cannot be: it needs Linux on x86_64 and a python2.7; the rest it installs itself.

mod real {
    #[path = "../writes/alike.rs"]
    mod alike;
    #[path = "../stream/compare.rs"]
    #[allow(dead_code, reason = "tests/stream.rs uses the rest")]
    mod compare;
    #[path = "../forms/drawn.rs"]
    #[allow(dead_code, reason = "tests/forms.rs uses the rest")]
    mod drawn;
    #[path = "../stream/picture.rs"]
    #[allow(dead_code, reason = "tests/stream.rs uses the rest")]
    mod picture;
    #[path = "../exact/same.rs"]
    mod same;
    #[path = "../exact/told.rs"]
    mod told;

    #[path = "../gateway/ask.rs"]
    #[allow(dead_code, reason = "tests/gateway.rs uses the rest")]
    mod ask;
    #[path = "../gateway/executable.rs"]
    #[allow(dead_code, reason = "tests/gateway.rs uses the rest")]
    mod executable;

    mod console;
    mod kit;
    mod operator;

    mod day;
    mod read_only;
    mod writes;
}
