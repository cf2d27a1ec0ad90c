//! What it costs to be open: under a steady flow of events while scrolling, and doing nothing.

use std::time::{Duration, Instant};

use super::figures::{Figures, Live};
use super::ground::{Ground, Outcome, Tab};
use super::processes::cpu_seconds;

const EVENTS: f64 = 500.0;
const WATCHED: Duration = Duration::from_secs(10);

pub async fn live(ground: &Ground, tab: &Tab, figures: &mut Figures) -> Outcome {
    ground.rate(EVENTS);
    // The flow has started by then.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = cpu(ground);
    let from = Instant::now();
    let frames = tab.wait(&format!("__probe.scroll({}).then(done)", WATCHED.as_millis())).await?;
    let took = from.elapsed().as_secs_f64();
    ground.rate(0.0);
    let frames: Vec<f64> = frames.as_array().into_iter().flatten().filter_map(|frame| frame.as_f64()).collect();
    let sum: f64 = frames.iter().sum();
    let worst = frames.iter().copied().fold(0.0, f64::max);
    figures.live = Some(Live {
        frames_a_second: frames.len() as f64 * 1000.0 / sum.max(1.0),
        worst_frame: worst,
        cpu: share(before, cpu(ground), took),
    });
    Ok(())
}

pub async fn idle(ground: &Ground, figures: &mut Figures) -> Outcome {
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = cpu(ground);
    tokio::time::sleep(WATCHED).await;
    figures.idle = share(before, cpu(ground), WATCHED.as_secs_f64());
    Ok(())
}

/// Renderers and the gateway: what this project makes the machine do.
fn cpu(ground: &Ground) -> Option<f64> {
    cpu_seconds(ground.chrome_pid(), ground.gateway_pid())
}

/// Of one core.
fn share(before: Option<f64>, after: Option<f64>, seconds: f64) -> Option<f64> {
    Some((after? - before?) / seconds * 100.0)
}
