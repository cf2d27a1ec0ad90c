//! The scheduler API: calls and events against 95 exchanges with a real Mesos 1.11.0, and the state machine against a small master.

mod scheduler {
    mod exchange;
    mod hosted;
    mod machine;
    mod master;
    mod recorded;
    mod replay;
    mod seeds;
    mod simulated;
    mod typed;
}
