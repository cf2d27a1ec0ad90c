//! The scheduler API: calls and events against 95 exchanges with a real Mesos 1.11.0; those exchanges, repeated with the simulated cluster;
//! and the state machine against a small master, and against the simulated cluster.

mod scheduler {
    mod exchange;
    mod hosted;
    mod late;
    mod machine;
    mod master;
    mod over_http;
    mod rare;
    mod recorded;
    mod replay;
    mod seeds;
    mod simulated;
    mod simulation;
    mod typed;
}
