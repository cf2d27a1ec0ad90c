//! The project's commands: `cargo demo`, `cargo verify`, `cargo measure`, `cargo package-release` (aliases in .cargo/config.toml).
//!
//! Installs, builds, starts and checks; knows nothing of Mesos and imports nothing of the page or the gateway.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]

mod browser;
mod content_hash;
mod demo;
mod firefox;
mod measure;
mod package;
mod page;
mod run;
mod steps;
mod tools;
mod verify;

use std::process::ExitCode;

const USAGE: &str = "\
cargo demo     build everything and start Mesoscope before a simulated cluster
                 --port N                          where it listens (5080)
                 --size small|medium|large|huge    100, 1,000, 10,000 or 40,000 agents (small)
                 --seed N                          another cluster (1)
                 --rate N                          events a second
               what else is given goes to `mesoscope` as it is
cargo verify   everything that CI runs
cargo package-release
               build one executable with the page inside, and an archive with its checksum
cargo measure  [small|medium|large|huge ...]  figures and budgets, measured in headless Chromium (tests/README.md)
                 --stock DIR                       the stock web UI beside it: src/webui of an Apache Mesos source release";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    // Makes the commands work from any folder of the checkout.
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    std::env::set_current_dir(checkout).expect("the checkout's own folder is there");
    let outcome = match command.as_deref() {
        _ if rest.iter().any(|arg| arg == "--help" || arg == "-h") => help(),
        Some("demo") => demo::demo(&rest),
        Some("verify") => verify::verify(),
        Some("package-release") => package::package(),
        Some("measure") => measure::measure(&rest),
        _ => help(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(run::CommandError(why)) => {
            if !why.is_empty() {
                eprintln!("\n{why}");
            }
            ExitCode::FAILURE
        }
    }
}

fn help() -> run::Outcome {
    println!("{USAGE}");
    Ok(())
}
