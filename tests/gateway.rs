//! The built `mesoscope` before a scripted cluster (and once before the simulated one), asked as browsers ask.
//! What needs no socket is tested beside its code.

mod gateway {
    // What plays the browser, the executable and the cluster.
    mod ask;
    mod disk;
    mod executable;
    mod nginx;
    mod script;
    mod terminal;
    mod unpack;

    mod agents;
    mod agents_front;
    mod archives;
    mod audit;
    mod behind_nginx;
    mod configuration;
    mod configuration_errors;
    mod downloads;
    mod forwarded_headers;
    mod guard;
    mod handbook;
    mod leader;
    mod limits;
    mod log;
    mod loops;
    mod masters;
    mod metrics;
    mod page;
    mod read_only;
    mod repeated_writes;
    mod scheduler;
    mod server_tls;
    mod session_audit;
    mod sessions;
    mod simulated;
    mod start;
    mod streams;
    mod tls;
    mod trusted_proxies;
}
