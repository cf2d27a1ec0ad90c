//! Runs: a seed decides the cluster, its size, what happens and in which order, and where the network fails.

use std::env;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use mesoscope_core::mesos::wire::encoded::WireEncoding;
use sim::size::Size;

use super::chaos;
use super::world::{SECOND, World};

/// What takes half a minute in the dev profile on two cores.
const RUNS: u64 = 1_000;
/// Of both encodings, JSON has the most runs: the other decodes into the same types.
const RUNS_IN_PROTOBUF: u64 = 250;
/// Times that things happen, settle and are compared, in a run.
const ROUNDS: usize = 2;
/// Of the story that a failed run tells.
const STORY: usize = 40;

#[test]
fn fold_and_reads_make_an_exact_copy() {
    run_seeds(WireEncoding::Json, RUNS);
}

#[test]
fn fold_and_reads_of_protobuf_make_an_exact_copy() {
    run_seeds(WireEncoding::Protobuf, RUNS_IN_PROTOBUF);
}

fn run_seeds(encoding: WireEncoding, usual: u64) {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect("a number is given"));
    if let Some(seed) = number("MESOSCOPE_SEED") {
        run(seed, encoding).unwrap_or_else(|why| panic!("{why}"));
        return;
    }
    let runs = number("MESOSCOPE_RUNS").unwrap_or(usual);
    let next = AtomicU64::new(0);
    let work = || -> Result<u64, String> {
        let mut reconnects = 0;
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= runs {
                return Ok(reconnects);
            }
            reconnects += run(seed, encoding).inspect_err(|_| next.store(runs, Ordering::Relaxed))?;
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let results: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let streams: u64 = results.into_iter().map(|result| result.unwrap_or_else(|why| panic!("{why}"))).sum();
    assert!(streams > runs, "connections are lost in runs: {streams} streams in {runs} runs");
}

/// One run; how many streams it took. An error has the seed and what differs.
fn run(seed: u64, encoding: WireEncoding) -> Result<u64, String> {
    let mut world = World::new(seed, Size::Small, encoding);
    let rng = &mut world.rng;
    let size = Size::Custom {
        agents: rng.between(2, 14) as u32,
        tasks: rng.between(4, 40) as u32,
        completed: rng.between(0, 30) as u32,
    };
    let rings = (rng.size(2, 30), rng.size(2, 4));
    world = World::new(seed, size, encoding);
    // A snapshot's unreachable tasks are unordered (PROTOCOL.md, "Limits of the stream"), so a full ring may drop any of them.
    world.sim.keep(rings.0, 1000, rings.1);
    world.watch();
    let mut story = Vec::new();
    for _ in 0..ROUNDS {
        let reported = |why: String, story: &[String]| {
            let last = story.len().saturating_sub(STORY);
            format!("seed {seed} ({encoding:?}, {size}, rings {rings:?}): {why}\n{}", story[last..].join("\n"))
        };
        round(&mut world, &mut story).map_err(|why| reported(why, &story))?;
    }
    if encoding == WireEncoding::Protobuf && world.opened_in_protobuf == 0 {
        return Err(format!("seed {seed}: no stream was in protobuf"));
    }
    Ok(u64::from(world.opened))
}

fn round(world: &mut World, story: &mut Vec<String>) -> Result<(), String> {
    world.rough = true;
    world.sim.set_rate(world.rng.between(1, 8) as f64);
    let started = world.now;
    let until = started + world.rng.between(5, 60) * SECOND;
    while world.now < until {
        let step = world.rng.between(SECOND / 50, SECOND);
        world.step(step);
        if world.rng.one_in(2) {
            let name = chaos::disturb(world);
            story.push(format!("  {:>9.3} s  {name}", (world.now - started) as f64 / SECOND as f64));
        }
        if world.rng.one_in(20) {
            world.engine.shown().check()?;
        }
    }
    story.push(format!("  {:>9.3} s  quiet", (world.now - started) as f64 / SECOND as f64));
    world.settle()?;
    world.compare()
}
