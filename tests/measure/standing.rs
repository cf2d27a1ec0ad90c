//! What it costs to be open: under a steady flow of events with and without scrolling, and doing nothing.

use std::time::{Duration, Instant};

use super::figures::Live;
use super::ground::{Ground, Outcome, Tab};
use super::processes::cpu_seconds;

const EVENTS: f64 = 500.0;
const WATCHED: Duration = Duration::from_secs(10);
/// For a flow of events to start or to end, with all that follows from it.
const SETTLED: Duration = Duration::from_secs(3);

/// Percent of a core while events come and nobody does anything.
pub async fn watched(ground: &Ground, tab: &Tab) -> Outcome<f64> {
    ground.rate(EVENTS);
    let share = idle(ground, tab).await;
    ground.rate(0.0);
    share
}

/// Frames and CPU while the table scrolls and events come.
pub async fn live(ground: &Ground, tab: &Tab) -> Outcome<Live> {
    ground.rate(EVENTS);
    tokio::time::sleep(SETTLED).await;
    let live = scroll(ground, tab).await;
    ground.rate(0.0);
    live
}

/// Frames and CPU while a page of static rows scrolls, without events: what scrolling costs at the least. The tab is of no use after.
pub async fn floor(ground: &Ground, tab: &Tab) -> Outcome<Live> {
    tab.run("__probe.freeze()").await?;
    tokio::time::sleep(SETTLED).await;
    scroll(ground, tab).await
}

/// Percent of a core while nothing is done.
pub async fn idle(ground: &Ground, tab: &Tab) -> Outcome<f64> {
    tokio::time::sleep(SETTLED).await;
    let before = cpu(ground, tab);
    tokio::time::sleep(WATCHED).await;
    share(before, cpu(ground, tab), WATCHED).ok_or_else(|| "this system does not report the CPU of processes".into())
}

async fn scroll(ground: &Ground, tab: &Tab) -> Outcome<Live> {
    let (before, from) = (cpu(ground, tab), Instant::now());
    let frames = tab.wait(&format!("__probe.scroll({}).then(done)", WATCHED.as_millis())).await?;
    let cpu = share(before, cpu(ground, tab), from.elapsed());
    let frames: Vec<f64> = frames.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();
    let sum: f64 = frames.iter().sum();
    Ok(Live {
        frames_a_second: frames.len() as f64 * 1000.0 / sum.max(1.0),
        worst_frame: frames.iter().copied().fold(0.0, f64::max),
        cpu,
    })
}

/// Seconds of renderers and gateway: what this project makes the machine do.
fn cpu(ground: &Ground, tab: &Tab) -> Option<f64> {
    cpu_seconds(tab.chrome_pid(), ground.gateway_pid())
}

/// Percent of one core.
fn share(before: Option<f64>, after: Option<f64>, took: Duration) -> Option<f64> {
    Some((after? - before?) / took.as_secs_f64() * 100.0)
}
