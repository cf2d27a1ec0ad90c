//! The copy of the cluster against the cluster itself, which is simulated: an `Engine` on a virtual clock; a network that cuts, drops
//! and delays; masters that fail over; and all that can happen to agents, frameworks and tasks. When it is quiet again, and what no
//! event tells has been read again, the two have to be the same, id by id.
//!
//! `MESOSCOPE_RUNS=N` runs so many seeds rather than the usual number, `MESOSCOPE_SEED=N` that one alone, with its story.

mod exact {
    mod chaos;
    mod network;
    mod world;

    mod runs;
}
