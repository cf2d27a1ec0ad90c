//! What a person does to a table, by real keys and clicks: from the input to painted rows. The cluster does not change
//! meanwhile, so that whatever changes the rows is the answer.

use thirtyfour::prelude::*;

use super::figures::Keys;
use super::ground::{Outcome, Tab};
use super::tables::Table;

const FILTER: &str = "[role=search] input";
const A_NAME: &str =
    "return document.querySelectorAll('[role=grid] tbody [role=row]')[2]?.querySelector('a')?.textContent.trim()";

/// One letter after another of a name on screen, then all away.
pub async fn filter(tab: &Tab) -> Outcome<Keys> {
    let name = tab.run(A_NAME).await?;
    let name = name.as_str().ok_or("no row has a name")?.to_owned();
    tab.driver.find(By::Css(FILTER)).await?.click().await?;
    let mut times = Vec::new();
    for key in name.chars().take(8) {
        times.extend(
            timed(tab, async || Ok(tab.driver.active_element().await?.send_keys(key.to_string()).await?)).await?,
        );
    }
    // Where the box offers something the first closes that, and the second empties it.
    for _ in 0..2 {
        let escape = async || Ok(tab.driver.active_element().await?.send_keys(Key::Escape + "").await?);
        if let Some(time) = timed(tab, escape).await? {
            times.push(time);
            break;
        }
    }
    // Out of the box, and away with what it offers once it is empty.
    tab.driver.active_element().await?.send_keys(Key::Escape + "").await?;
    Keys::of(times).ok_or_else(|| "no key changed the rows".into())
}

/// Milliseconds of the slower of the two columns.
pub async fn sort(tab: &Tab, table: Table) -> Outcome<f64> {
    let mut slower = None;
    for column in table.columns() {
        let path = format!("//*[@role='grid']//th[contains(., '{column}')]");
        let target = tab.driver.find(By::XPath(path)).await?;
        let target = target.find(By::Css("button, a")).await.unwrap_or(target);
        let time = timed(tab, async || Ok(target.click().await?)).await?;
        slower = slower.into_iter().chain(time).reduce(f64::max);
    }
    slower.ok_or_else(|| "no click changed the rows".into())
}

/// Away to the overview.
pub async fn leave(tab: &Tab) -> Outcome {
    tab.driver.find(By::Css("nav a[href='#/']")).await?.click().await?;
    tab.wait("requestAnimationFrame(() => setTimeout(() => done(null), 300))").await?;
    Ok(())
}

/// Milliseconds from the overview back to the rows.
pub async fn change_of_page(tab: &Tab) -> Outcome<f64> {
    tab.run("__probe.armForRows()").await?;
    tab.driver.find(By::Css("nav a[href^='#/agents']")).await?.click().await?;
    let time = tab.wait("__probe.outcome.then(done)").await?.as_f64();
    time.ok_or_else(|| "no rows came".into())
}

/// Milliseconds; nothing where the rows stayed as they were.
async fn timed(tab: &Tab, action: impl AsyncFnOnce() -> Outcome) -> Outcome<Option<f64>> {
    tab.run("__probe.arm()").await?;
    action().await?;
    Ok(tab.wait("__probe.outcome.then(done)").await?.as_f64())
}
