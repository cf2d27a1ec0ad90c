//! `cargo measure`: what a person waits for, in headless Chromium, before clusters of four sizes; beside it the stock web UI of Mesos.
//! Prints the figures and the budgets. Fails for none of them.

mod budgets;
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
mod machine;
mod pace;
mod processes;
mod standing;
mod stock;
mod tables;

use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::time::Duration;

use figures::{Column, Download, Figures, TableFigures};
use ground::{Ground, Outcome, Tab, reported};
use load::Until;
use sim::size::{NoSuchSize, Size};
use stock::Stock;
use tables::Table;

/// 100 Mbit/s.
const SLOW_LINE: u64 = 12_500_000;

/// Chromium, just started, is busy with pages of its own. Loads are measured meanwhile, as for a user; what comes after is not.
const CALM: Duration = Duration::from_secs(4);

/// What is asked for: sizes by their names, and the folder of the stock UI.
struct Arguments {
    sizes: Vec<(String, Size)>,
    stock: Option<PathBuf>,
}

fn main() {
    let Arguments { sizes, stock } = Arguments::parse(std::env::args().skip(1)).unwrap_or_else(|why| {
        eprintln!("{why}");
        exit(2)
    });
    // The browser and the executable are started by this thread, which keeps its rank.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().on_thread_start(step_back).build();
    let runtime = runtime.expect("threads can be started");
    let mut columns = Vec::new();
    for (name, size) in sizes {
        eprintln!("\n{name}: {} agents, {} active tasks, {} completed", size.agents(), size.tasks(), size.completed());
        let figures = runtime.block_on(measure(size, stock.as_deref()));
        columns.push(Column { name, size, figures });
        // After each, since the next size may be too much for the machine.
        println!();
        figures::print(&columns);
        println!();
        budgets::print(&columns, stock.is_some());
    }
    println!("\n{}", machine::machine());
}

impl Arguments {
    /// All sizes if none is given.
    fn parse(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments { sizes: Vec::new(), stock: None };
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "--stock" => arguments.stock = Some(given.next().ok_or("--stock needs a folder")?.into()),
                // What `cargo bench` adds of its own begins with dashes.
                flag if flag.starts_with("--") => {}
                name => {
                    arguments.sizes.push((name.to_owned(), name.parse().map_err(|why: NoSuchSize| why.to_string())?));
                }
            }
        }
        if arguments.sizes.is_empty() {
            let all = [Size::Small, Size::Medium, Size::Large, Size::Huge];
            arguments.sizes.extend(all.map(|size| (size.to_string(), size)));
        }
        Ok(arguments)
    }
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

/// Events change a cluster, so each part that has some gets a cluster of its own.
async fn measure(size: Size, stock: Option<&Path>) -> Figures {
    let mut figures = Figures { download: Download::given(), ..Figures::default() };
    reported("without events", still(size, stock, &mut figures).await);
    for table in Table::ALL {
        let mut of = figures.tables.remove(&table).unwrap_or_default();
        reported(table.name(), use_table(size, table, &mut of).await);
        figures.tables.insert(table, of);
    }
    figures.overview = reported("overview", use_overview(size).await);
    figures
}

async fn still(size: Size, stock: Option<&Path>, figures: &mut Figures) -> Outcome {
    let ground = Ground::new(size).await?;
    // Its state takes much memory, which is free for what follows.
    let stock = match stock {
        Some(folder) => reported("stock UI", Stock::start(folder, &ground).await),
        None => None,
    };
    load::loads(&ground, stock.as_ref(), figures).await;
    drop(stock);
    figures.parsed = reported("JSON.parse", load::json_parse(&ground).await).flatten();
    reported("100 Mbit/s", slow_line(&ground, figures).await);
    reported("idle", use_pages(&ground, figures).await);
    figures.files = reported("files", use_files(&ground).await);
    Ok(())
}

async fn use_table(size: Size, table: Table, of: &mut TableFigures) -> Outcome {
    let ground = Ground::new(size).await?;
    let tab = loaded(&ground, table).await?;
    of.keys = reported("filter", interactions::filter(&tab).await);
    of.sort = reported("sort", interactions::sort(&tab, table).await);
    of.watched = reported("events", standing::watched(&ground, &tab).await);
    of.live = reported("scrolling", standing::live(&ground, &tab).await);
    of.longest = reported("longest task", load::longest_task(&tab).await);
    of.floor = reported("static rows", standing::floor(&ground, &tab).await);
    tab.end().await
}

async fn use_pages(ground: &Ground, figures: &mut Figures) -> Outcome {
    let tab = loaded(ground, Table::Agents).await?;
    figures.idle = reported("idle", standing::idle(ground, &tab).await);
    interactions::leave(&tab).await?;
    figures.change_of_page = reported("change of page", interactions::change_of_page(&tab).await);
    tab.end().await
}

/// Percent of a core while events come.
async fn use_overview(size: Size) -> Outcome<f64> {
    let ground = Ground::new(size).await?;
    let tab = loaded(&ground, Table::Agents).await?;
    interactions::leave(&tab).await?;
    let watched = standing::watched(&ground, &tab).await?;
    tab.end().await?;
    Ok(watched)
}

async fn loaded(ground: &Ground, table: Table) -> Outcome<Tab> {
    let tab = Tab::open().await?;
    load::load(&tab, &format!("{}/{}", ground.url(), table.address()), Until::All).await?;
    tokio::time::sleep(CALM).await;
    Ok(tab)
}

/// In a browser of its own, whose memory is that of files.
async fn use_files(ground: &Ground) -> Outcome<figures::Files> {
    let tab = Tab::open().await?;
    let files = files::files(ground, &tab).await?;
    tab.end().await?;
    Ok(files)
}

async fn slow_line(ground: &Ground, figures: &mut Figures) -> Outcome {
    let (_gateway, line) = ground.slow_line(SLOW_LINE).await?;
    let address = format!("{}/{}", line.url(), Table::Agents.address());
    figures.slow_load = Some(load::fresh(&address, Until::All).await?);
    figures.slow_bytes = Some(line.bytes());
    Ok(())
}
