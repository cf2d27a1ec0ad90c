//! Loading in a browser that has just started: from navigation to painted rows, on the page and on the stock UI. Also what decoding
//! took in the worker, and JSON.parse on the same bytes.

use serde_json::Value;

use super::figures::{Figures, Load, Speed};
use super::ground::{Ground, Outcome, Tab, reported};
use super::processes;
use super::stock::Stock;
use super::tables::Table;

/// Loads of each table, each in a browser of its own.
const RUNS: usize = 3;

/// What waits for rows: all of them where the page marks that itself, otherwise the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Until {
    First,
    All,
}

/// Moments of the load in milliseconds from navigation, and what the page's worker reports of the snapshot. Long tasks are reported a
/// while after their end.
const UNTIL_ROWS: &str = "
const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? null;
const decoded = () => self.__mesoscope && [__mesoscope.bytes, __mesoscope.millis];
const moments = () => done([__probe.first, at('rows:all'), at('first-contentful-paint'), decoded()]);
const look = () => (isThere() ? setTimeout(moments, 1000) : setTimeout(look, 50));
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

/// Each table several times, in turn with the stock UI.
pub async fn loads(ground: &Ground, stock: Option<&Stock>, figures: &mut Figures) {
    let mut decoded = Vec::new();
    for table in Table::ALL {
        let (mut own, mut stocks) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let address = format!("{}/{}", ground.url(), table.address());
            own.extend(reported(table.name(), fresh(&address, Until::All).await));
            if let Some(stock) = stock {
                let address = format!("{}/{}", stock.url(), table.stock_address());
                stocks.extend(reported("stock UI", fresh(&address, Until::First).await));
            }
        }
        let of = figures.tables.entry(table).or_default();
        (of.load, of.stock) = (Load::of(&own), Load::of(&stocks));
        decoded.extend(own.iter().filter_map(|load| load.decoded));
    }
    figures.decoded = Speed::median(decoded);
}

/// A load in a browser that ends with it.
pub async fn fresh(address: &str, until: Until) -> Outcome<Load> {
    let tab = Tab::open().await?;
    let load = load(&tab, address, until).await?;
    tab.end().await?;
    Ok(load)
}

pub async fn load(tab: &Tab, address: &str, until: Until) -> Outcome<Load> {
    tab.driver.goto(address).await?;
    let is_there = match until {
        Until::First => "__probe.first !== null",
        Until::All => "__probe.first !== null && at('rows:all') !== null",
    };
    let moments = tab.wait(&format!("const isThere = () => {is_there}; {UNTIL_ROWS}")).await?;
    let load = Load {
        first: moments[0].as_f64().ok_or("there are no rows")?,
        all: moments[1].as_f64(),
        paint: moments[2].as_f64(),
        decoded: speed(&moments[3]),
        longest: longest_task(tab).await?,
        memory: processes::peak_memory(tab.chrome_pid()),
    };
    eprintln!("  {address}: {load}");
    Ok(load)
}

/// In a browser of its own, since it takes much memory. Fails where the text is longer than a string may be.
pub async fn json_parse(ground: &Ground) -> Outcome<Option<Speed>> {
    let tab = Tab::open().await?;
    // Any file of the same origin that is not the page: its worker would hold memory beside.
    tab.driver.goto(format!("{}/assets/loader.js", ground.url())).await?;
    let figures = tab.wait(JSON_PARSE).await?;
    if let Some(why) = figures.as_str() {
        return Err(why.into());
    }
    tab.end().await?;
    Ok(speed(&figures))
}

/// Milliseconds of the longest task on the page's thread since the navigation; 0 if none took 50.
pub async fn longest_task(tab: &Tab) -> Outcome<f64> {
    let tasks = tab.run("return __probe.tasks").await?;
    let tasks = tasks.as_array().ok_or("there is no probe in the page")?;
    let tasks = tasks.iter().filter_map(|task| Some((task[0].as_f64()?, task[1].as_f64()?)));
    let longest = tasks.max_by(|one, other| one.1.total_cmp(&other.1));
    let Some((at, longest)) = longest else { return Ok(0.0) };
    eprintln!("  the longest task, of {longest} ms, began {:.1} s after the navigation", at / 1000.0);
    Ok(longest)
}

fn speed(figures: &Value) -> Option<Speed> {
    Some(Speed { bytes: figures[0].as_f64()?, millis: figures[1].as_f64()? })
}
