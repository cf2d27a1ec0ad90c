//! Loading: from navigation to rows, what decoding took in the worker, and JSON.parse on the same bytes.

use std::time::Instant;

use serde_json::Value;

use super::figures::{Load, Speed};
use super::ground::{Ground, Outcome, Tab};

/// The page sets these marks itself, in the frame that shows the rows.
const UNTIL_ALL: &str = "
const at = (name) => performance.getEntriesByName(name)[0]?.startTime;
const look = () => at('rows:all') === undefined ? setTimeout(look, 50) : done([at('rows:first'), at('rows:all')]);
look();";

/// The first record, whole, in one buffer; then what a page without wasm would do with it.
const JSON_PARSE: &str = "
(async () => {
  const gone = new AbortController();
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const answer = await fetch('/api/v1', { method: 'POST', headers, body: '{\"type\":\"SUBSCRIBE\"}', signal: gone.signal });
  const reader = answer.body.getReader();
  let [head, bytes, filled] = ['', null, 0];
  while (!bytes || filled < bytes.length) {
    let { value } = await reader.read();
    if (!bytes) {
      const line = value.indexOf(10);
      head += String.fromCharCode(...value.subarray(0, line < 0 ? value.length : line));
      if (line < 0) continue;
      bytes = new Uint8Array(Number(head));
      value = value.subarray(line + 1);
    }
    value = value.subarray(0, bytes.length - filled);
    bytes.set(value, filled);
    filled += value.length;
  }
  gone.abort();
  const text = new TextDecoder().decode(bytes);
  const from = performance.now();
  const state = JSON.parse(text);
  done([bytes.length, performance.now() - from, state.type]);
})().catch((error) => done(String(error)));";

pub async fn load(tab: &Tab, what: &str) -> Outcome<Load> {
    let from = Instant::now();
    tab.driver.goto(format!("{}/#/agents", tab.url)).await?;
    let marks = tab.wait(UNTIL_ALL).await?;
    let mark = |at: usize| marks[at].as_f64().ok_or("the page did not mark its rows");
    let load = Load { first: mark(0)?, all: mark(1)? };
    eprintln!(
        "  {what}: {:.0} ms to the first, {:.0} ms to all ({:.1} s by the clock here)",
        load.first,
        load.all,
        from.elapsed().as_secs_f64()
    );
    Ok(load)
}

/// What the worker says of the snapshot.
pub async fn decoded(tab: &Tab) -> Outcome<Option<Speed>> {
    let figures = tab.run("const told = window.__mesoscope; return told ? [told.bytes, told.millis] : null").await?;
    Ok(speed(&figures))
}

/// Nothing where it fails, as it does when the text is longer than a string may be.
pub async fn json_parse(ground: &Ground) -> Option<Speed> {
    // Any file of the same origin that is not the page: its worker would hold memory beside.
    let tab = ground.tab().await.ok()?;
    tab.driver.goto(format!("{}/assets/loader.js", tab.url)).await.ok()?;
    let figures = tab.wait(JSON_PARSE).await.unwrap_or_else(|error| Value::String(error.to_string()));
    if let Some(why) = figures.as_str() {
        eprintln!("  JSON.parse fails: {why}");
    }
    speed(&figures)
}

pub async fn longest_task(tab: &Tab) -> Outcome<f64> {
    let tasks = tab.run("return __probe.tasks").await?;
    let tasks = tasks.as_array().ok_or("there is no probe in the page")?;
    let tasks = tasks.iter().filter_map(|task| Some((task[0].as_f64()?, task[1].as_f64()?)));
    let (at, longest) = tasks.max_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or_default();
    eprintln!("  the longest task, of {longest} ms, began {:.1} s after the navigation", at / 1000.0);
    Ok(longest)
}

fn speed(figures: &Value) -> Option<Speed> {
    Some(Speed { bytes: figures[0].as_f64()?, millis: figures[1].as_f64()? })
}
