//! `cargo measure`: what a person waits for, in headless Chromium, before clusters of four sizes; one run each.
//! Prints the table of tests/README.md. Asserts nothing: the budgets are beside the table.

#[path = "../browser/chromium.rs"]
mod chromium;
#[path = "../browser/driver.rs"]
mod driver;
mod figures;
mod files;
#[path = "../browser/firefox.rs"]
mod firefox;
#[path = "../browser/gateway.rs"]
mod gateway;
mod ground;
mod interactions;
mod load;
mod pace;
mod processes;
mod standing;

use std::process::Command;

use figures::{Figures, machine, print};
use ground::Ground;
use sim::size::Size;

/// 100 Mbit/s.
const SLOW_LINE: u64 = 12_500_000;

fn main() {
    // What `cargo bench` adds of its own begins with dashes.
    let given: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let sizes: Vec<(String, Size)> = if given.is_empty() { all() } else { given.into_iter().map(size).collect() };
    // The browser and the executable are started by this thread, which keeps its rank.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().on_thread_start(step_back).build();
    let runtime = runtime.expect("threads can be started");
    let mut columns = Vec::new();
    for (name, size) in sizes {
        eprintln!("\n{name}: {} agents, {} active tasks, {} completed", size.agents(), size.tasks(), size.completed());
        columns.push((name, runtime.block_on(measure(size))));
        // After each, since the next size may be too much for the machine.
        print(&columns);
    }
    println!("\n{}", machine());
}

/// The simulated cluster works in these threads. A real one has machines of its own, and takes no time away from the page.
fn step_back() {
    let reported = std::fs::read_link("/proc/thread-self").ok();
    let number = reported.as_deref().and_then(|link| link.file_name()?.to_str()?.parse::<u32>().ok());
    let done = number.map(|number| Command::new("renice").args(["-n", "10", "-p", &number.to_string()]).output());
    if !matches!(done, Some(Ok(output)) if output.status.success()) {
        eprintln!("  the simulated cluster takes its time from the page: renice failed");
    }
}

fn all() -> Vec<(String, Size)> {
    ["small", "medium", "large", "huge"].map(|name| size(name.to_owned())).into()
}

fn size(name: String) -> (String, Size) {
    match name.parse() {
        Ok(size) => (name, size),
        Err(why) => {
            eprintln!("{why}");
            std::process::exit(2);
        }
    }
}

/// A figure that cannot be had is left out, with the reason on the way; the others are measured all the same.
async fn measure(size: Size) -> Figures {
    let mut figures = Figures::default();
    reported("loopback", loopback(size, &mut figures).await);
    reported("100 Mbit/s", slow_line(size, &mut figures).await);
    figures
}

async fn loopback(size: Size, figures: &mut Figures) -> ground::Outcome {
    let ground = Ground::new(size, None).await?;
    let tab = ground.tab().await?;
    let load = load::load(&tab, "rows, loopback").await;
    // Peaks, so they are read before anything else is done.
    figures.memory = processes::peak_memory(ground.chrome_pid());
    figures.load = Some(load?);
    figures.decoded = load::decoded(&tab).await?;
    ground.rate(0.0);
    reported("filter", interactions::filter(&tab, figures).await);
    reported("sort", interactions::sort(&tab, figures).await);
    reported("change of page", interactions::change_of_page(&tab, figures).await);
    reported("live", standing::live(&ground, &tab, figures).await);
    reported("idle", standing::idle(&ground, figures).await);
    reported("files", files_apart(size, figures).await);
    figures.longest_task = Some(load::longest_task(&tab).await?);
    // In the same browser and on the same bytes, but last: it takes the memory that was measured above.
    figures.parsed = load::json_parse(&ground).await;
    ground.end().await
}

/// In a browser of its own, whose memory is that of files.
async fn files_apart(size: Size, figures: &mut Figures) -> ground::Outcome {
    let ground = Ground::new(size, None).await?;
    let tab = ground.tab().await?;
    files::files(&ground, &tab, figures).await?;
    ground.end().await
}

async fn slow_line(size: Size, figures: &mut Figures) -> ground::Outcome {
    let ground = Ground::new(size, Some(SLOW_LINE)).await?;
    let tab = ground.tab().await?;
    figures.slow_load = Some(load::load(&tab, "rows, 100 Mbit/s").await?);
    figures.slow_bytes = ground.bytes_over_the_line();
    ground.end().await
}

fn reported(what: &str, outcome: ground::Outcome) {
    if let Err(why) = outcome {
        eprintln!("  {what}: {why}");
    }
}
