//! What a journey has: a simulated cluster, the executable before it, a browser, and words for looking and doing.
//! Everything that a person would wait for is waited for here; a journey never sleeps.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use sim::server::Server;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;

use super::driver::Browser;
use super::gateway::Gateway;
use super::shared::BrowserContext;
use super::{chromium, firefox};

/// As long as anyone waits for something to appear; much longer than it ever takes, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(40);

pub struct World {
    pub sim: Server,
    pub gateway: Gateway,
    pub driver: WebDriver,
    /// The journey's own part of a browser that journeys share; `None` in Firefox, of which each has one to itself.
    pub context: Option<BrowserContext>,
    /// Where the page is served.
    pub url: String,
    pub browser: Browser,
}

/// A journey to a page that is served elsewhere.
pub struct Elsewhere<'a>(&'a World, &'a str);

impl Elsewhere<'_> {
    pub async fn open(&self, hash: &str) -> WebDriverResult<()> {
        self.0.driver.goto(format!("{}/{hash}", self.1)).await
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl World {
    /// Opens an address of the page, as `#/agents`.
    pub async fn open(&self, hash: &str) -> WebDriverResult<()> {
        self.driver.goto(format!("{}/{hash}", self.url)).await?;
        self.until_started().await
    }

    pub async fn reload(&self) -> WebDriverResult<()> {
        self.driver.refresh().await?;
        self.until_started().await
    }

    /// Waits until the page has taken the place of the frame of index.html, whose links would go stale under a click.
    async fn until_started(&self) -> WebDriverResult<()> {
        let has_started = "return document.getElementById('frame') === null";
        self.until("the page starts", async || self.script(has_started, []).await?.convert()).await
    }

    /// The page, as another server serves it.
    pub fn at<'a>(&'a self, url: &'a str) -> Elsewhere<'a> {
        Elsewhere(self, url)
    }

    /// The part of the address from `#` on.
    pub async fn address(&self) -> WebDriverResult<String> {
        Ok(self.driver.current_url().await?.fragment().map(|hash| format!("#{hash}")).unwrap_or_default())
    }

    /// Waits until the address ends with that.
    pub async fn wait_address(&self, end: &str) -> WebDriverResult<()> {
        self.until(&format!("the address ends with {end:?}"), async || Ok(self.address().await?.ends_with(end))).await
    }

    /// Everything that can be read on the page.
    pub async fn text(&self) -> WebDriverResult<String> {
        self.script("return document.body.innerText", []).await?.convert()
    }

    pub async fn wait_for(&self, text: &str) -> WebDriverResult<()> {
        self.until(&format!("the page says {text:?}"), async || Ok(self.text().await?.contains(text))).await
    }

    pub async fn wait_gone(&self, text: &str) -> WebDriverResult<()> {
        self.until(&format!("the page no longer says {text:?}"), async || Ok(!self.text().await?.contains(text))).await
    }

    /// Keeps what the page says from now on, also what it says only for a moment.
    pub async fn listen(&self) -> WebDriverResult<()> {
        self.script(include_str!("listen.js"), []).await.map(drop)
    }

    /// Waits until the page has said it since `listen`.
    pub async fn wait_said(&self, text: &str) -> WebDriverResult<()> {
        let said = "return window.__said.some((words) => words.includes(arguments[0]))";
        let said = async || self.script(said, [text.into()]).await?.convert::<bool>();
        self.until(&format!("the page has said {text:?}"), said).await
    }

    /// Asks again and again. Fails with what it waited for, and with what the page said instead. A question about
    /// what the page does not have yet, or no longer, is asked again too.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> WebDriverResult<bool>) -> WebDriverResult<()> {
        self.until_within(PATIENCE, what, is_so).await
    }

    /// Waits longer, for what takes its time by itself, as an answer that never comes.
    pub async fn until_within(
        &self,
        patience: Duration,
        what: &str,
        is_so: impl AsyncFn() -> WebDriverResult<bool>,
    ) -> WebDriverResult<()> {
        self.some_within(patience, what, async || Ok(is_so().await?.then_some(()))).await
    }

    /// Asks again and again until there is an answer. One look gives what was seen: a second one could see something else.
    pub async fn until_some<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> WebDriverResult<Option<T>>,
    ) -> WebDriverResult<T> {
        self.some_within(PATIENCE, what, look).await
    }

    async fn some_within<T>(
        &self,
        patience: Duration,
        what: &str,
        look: impl AsyncFn() -> WebDriverResult<Option<T>>,
    ) -> WebDriverResult<T> {
        let from = Instant::now();
        let mut last = None;
        while from.elapsed() < patience {
            match look().await {
                Ok(Some(seen)) => return Ok(seen),
                Ok(None) => last = None,
                Err(error) if is_passing(&error) => last = Some(error),
                Err(error) => return Err(error),
            }
            tokio::time::sleep(GLANCE).await;
        }
        let says = self.text().await.unwrap_or_default();
        let last = last.map(|error| format!("\nthe last answer was {error}")).unwrap_or_default();
        let address = self.address().await.unwrap_or_default();
        panic!("waited {} s in vain until {what}; the page at {address} says:\n{says}{last}", patience.as_secs());
    }

    pub async fn script(&self, script: &str, args: impl Into<Vec<Value>>) -> WebDriverResult<ScriptRet> {
        self.driver.execute(script, args.into()).await
    }

    /// Keys for whatever has the focus. What loses it at that moment got none.
    pub async fn press(&self, keys: impl Into<TypingData>) -> WebDriverResult<()> {
        let keys = keys.into().to_string();
        let pressed = async || self.driver.active_element().await?.send_keys(keys.as_str()).await.map(Some);
        self.until_some("what has the focus takes keys", pressed).await
    }

    /// Types into a field, in place of what is there.
    pub async fn fill(&self, label: &str, text: &str) -> WebDriverResult<()> {
        self.field(label).await?.fill(text).await
    }

    /// Presses a key again and again, until the focus is on what says this.
    pub async fn press_until(&self, key: Key, name: &str) -> WebDriverResult<()> {
        for _ in 0..80 {
            self.press(key.clone() + "").await?;
            let text = async || self.driver.active_element().await?.text().await.map(Some);
            if self.until_some("the focus is on something", text).await?.trim() == name {
                return Ok(());
            }
        }
        panic!("the focus never came to {name:?}");
    }

    /// The page's size; Chromium's may be smaller than any window.
    pub async fn size(&self, width: u32, height: u32) -> WebDriverResult<()> {
        match self.browser {
            Browser::Chromium => chromium::size(&self.driver, width, height).await,
            Browser::Firefox => firefox::size(&self.driver, width, height).await,
        }
    }

    /// What the system prefers.
    pub async fn theme(&self, theme: Theme) -> WebDriverResult<()> {
        let scheme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        match self.browser {
            Browser::Chromium => chromium::prefer(&self.driver, scheme).await,
            Browser::Firefox => firefox::prefer(&self.driver, scheme).await,
        }
    }

    /// For journeys in Chromium only.
    pub async fn devtools(&self, method: &str, params: Value) -> WebDriverResult<Value> {
        chromium::devtools(&self.driver, method, params).await
    }

    /// A picture in target/screenshots.
    pub async fn screenshot(&self, name: &str) -> WebDriverResult<()> {
        let folder = screenshots();
        std::fs::create_dir_all(&folder)?;
        self.driver.screenshot(&folder.join(format!("{name}.png"))).await
    }

    /// One more tab, which has the focus from now on.
    pub async fn new_tab(&self) -> WebDriverResult<WindowHandle> {
        let tab = match &self.context {
            Some(context) => context.new_tab().await?,
            None => self.driver.new_tab().await?,
        };
        self.driver.switch_to_window(tab.clone()).await?;
        Ok(tab)
    }

    /// The journey's tabs.
    pub async fn tabs(&self) -> WebDriverResult<Vec<WindowHandle>> {
        let mut tabs = self.driver.windows().await?;
        tabs.retain(|tab| self.context.as_ref().is_none_or(|context| !context.is_outside(tab)));
        Ok(tabs)
    }

    /// Keeps files that the page downloads in this folder. For journeys in Chromium only.
    pub async fn download_to(&self, folder: &Path) -> WebDriverResult<()> {
        self.context.as_ref().expect("it is Chromium").download_to(folder).await
    }

    /// What the page wrote to the console as an error.
    pub async fn errors(&self) -> WebDriverResult<Vec<String>> {
        match self.browser {
            Browser::Chromium => chromium::errors(&self.driver).await,
            Browser::Firefox => firefox::errors(&self.driver).await,
        }
    }
}

/// Whether that comes of a page that is changing: a part was asked for that is not there yet, or no longer, or that something
/// covers for a moment.
fn is_passing(error: &WebDriverError) -> bool {
    use WebDriverErrorInner::{
        ElementClickIntercepted, ElementNotInteractable, JavascriptError, MoveTargetOutOfBounds, NoSuchElement,
        StaleElementReference, UnknownError,
    };
    match error.as_inner() {
        JavascriptError(_) | NoSuchElement(_) | StaleElementReference(_) => true,
        ElementClickIntercepted(_) | ElementNotInteractable(_) | MoveTargetOutOfBounds(_) => true,
        // chromedriver has no other error for a node or a document that went away while it was asked about.
        UnknownError(info) => PASSING.iter().any(|words| info.to_string().contains(words)),
        _ => false,
    }
}

const PASSING: [&str; 4] = [
    "does not belong to the document",
    "Cannot find context with specified id",
    "No node with given id",
    "loader has changed while resolving nodes",
];

pub fn screenshots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| mesoscope_tests::root().join("target")).join("screenshots")
}
