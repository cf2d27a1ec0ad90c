//! Files: ten gigabytes from the click to its last lines, a jump in it, a search beside what the connection gives, and what
//! following ten megabytes a second takes.

use serde_json::Value;

use super::figures::Files;
use super::ground::{Ground, Outcome, Tab};
use super::processes;

/// Milliseconds until lines are on screen that were not.
const UNTIL_LINES: &str = "
const from = performance.now();
const look = () => {
  const line = document.querySelector('.line');
  if (line && line.dataset.at !== window.__line) { window.__line = line.dataset.at; done(performance.now() - from); } else setTimeout(look, 4);
};";

/// Bytes a second that windows come at, six at a time, as the search asks.
const WINDOWS: &str = "
const [path, agent] = [decodeURIComponent(location.hash.split('path=')[1].split('&')[0]), location.hash.split('/')[2]];
const ask = async (offset) => {
  const body = JSON.stringify({ type: 'READ_FILE', read_file: { path, offset, length: 65536 } });
  const answer = await fetch(`agent/${agent}/api/v1`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body });
  await answer.arrayBuffer();
};
const from = performance.now();
let next = 0;
const lane = async () => { while (next < 600) await ask(65536 * next++); };
Promise.all([1, 2, 3, 4, 5, 6].map(lane)).then(() => done(600 * 65536 / (performance.now() - from) / 1000));";

/// Megabytes a second that the search in the page goes through.
const SEARCH: &str = "
const input = document.querySelector('[aria-label=\"Search in the file\"]');
input.value = 'checksum of block';
input.dispatchEvent(new Event('input', { bubbles: true }));
const share = () => document.querySelector('.found progress')?.value ?? 0;
const size = 10737418240;
let [from, began] = [0, 0];
const look = () => {
  if (!from && share() > 0) { from = performance.now(); began = share(); }
  if (from && performance.now() - from > 8000) done((share() - began) * size / (performance.now() - from) / 1000); else setTimeout(look, 20);
};
look();";

pub async fn files(ground: &Ground, tab: &Tab) -> Outcome<Files> {
    let place = ground.sandbox().ok_or("no pod runs")?;
    let file = |name: &str| format!("{}/{place}%2Flogs%2F{name}", ground.url());
    tab.driver.goto(file("archive.log")).await?;
    tab.wait(&format!("{UNTIL_LINES} look();")).await?;
    // Away and back, as a click does: the page itself is there already.
    tab.run("location.hash = '#/trouble'").await?;
    tab.wait("setTimeout(() => done(null), 500)").await?;
    tab.run("window.__line = undefined").await?;
    let hash = format!("{place}%2Flogs%2Farchive.log");
    let open = number(tab.wait(&format!("{UNTIL_LINES} location.hash = '{hash}'; look();")).await?);
    let middle =
        "const file = document.querySelector('.file'); file.scrollTop = (file.scrollHeight - file.clientHeight) / 2;";
    let jump = number(tab.wait(&format!("{UNTIL_LINES} {middle} look();")).await?);
    let connection = number(tab.wait(WINDOWS).await?);
    let search = number(tab.wait(SEARCH).await?);
    tab.driver.goto("about:blank").await?;
    tab.driver.goto(format!("{}/#/trouble", ground.url())).await?;
    tab.wait("setTimeout(() => done(null), 3000)").await?;
    let before = processes::own_memory(tab.chrome_pid());
    tab.driver.goto(file("firehose.log")).await?;
    let mut most = before;
    for _ in 0..20 {
        tab.wait("setTimeout(() => done(null), 1000)").await?;
        most = most.max(processes::own_memory(tab.chrome_pid()));
    }
    let memory = before.zip(most);
    Ok(Files { open, jump, search, connection, memory })
}

fn number(value: Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
