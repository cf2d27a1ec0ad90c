//! Chromium that one journey after another uses: to start it takes longer than many a journey. Each journey has a browser
//! context of its own, as a private window has. It shares no cookie, storage, cache, worker, permission or download with others.

use std::io;
use std::path::Path;
use std::sync::Mutex;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::driver::{Browser, Driver};

const FLAGS: [&str; 2] = [
    // What each window would start besides its page: pages of the address bar, and a spare process.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess",
    // Ten times V8's usual budget: a page is open for some seconds, too short to gain from many optimised functions.
    "--js-flags=--wasm-tiering-budget=130000000",
];

/// Browsers that no journey uses at the moment, at most one for each thread of the test runner. They end with this process.
static IDLE: Mutex<Vec<SharedBrowser>> = Mutex::new(Vec::new());

/// A browser, used by one journey at a time.
pub struct SharedBrowser {
    pub session: WebDriver,
    /// The tab that it is started with, which no journey uses: without a tab it would end.
    first_tab: WindowHandle,
    driver: Driver,
}

impl SharedBrowser {
    /// An idle browser, or a new one. `None` where this machine has no Chromium.
    pub async fn take() -> WebDriverResult<Option<SharedBrowser>> {
        let idle = IDLE.lock().expect("no thread panics with it").pop();
        if idle.is_some() {
            return Ok(idle);
        }
        let Some(driver) = Driver::start(Browser::Chromium)? else { return Ok(None) };
        let session = driver.session(&FLAGS).await?;
        let first_tab = session.window().await?;
        Ok(Some(SharedBrowser { session, first_tab, driver }))
    }

    /// A new browser context with one tab, to which the session switches.
    pub async fn open_context(&self) -> WebDriverResult<BrowserContext> {
        let context = BrowserContext::new(&self.driver, self.first_tab.clone()).await?;
        self.session.switch_to_window(context.new_tab().await?).await?;
        Ok(context)
    }

    /// Ends the context, and keeps the browser for another journey. After a failed journey the browser ends too.
    pub async fn give_back(self, context: Option<BrowserContext>, is_healthy: bool) {
        if is_healthy && self.leave(context).await.is_ok() {
            IDLE.lock().expect("no thread panics with it").push(self);
        } else {
            let _ = self.session.quit().await;
        }
    }

    async fn leave(&self, context: Option<BrowserContext>) -> WebDriverResult<()> {
        if let Some(context) = context {
            context.dispose().await?;
        }
        self.session.switch_to_window(self.first_tab.clone()).await?;
        // Reading the console's messages empties it.
        self.session.browser_log().await.map(drop)
    }
}

/// A browser context, by a connection to the browser itself: a driver's session reaches pages alone. When the connection
/// ends, so does the context, with all its tabs.
pub struct BrowserContext {
    socket: tokio::sync::Mutex<WebSocketStream<TcpStream>>,
    id: String,
    first_tab: WindowHandle,
}

impl BrowserContext {
    async fn new(driver: &Driver, first_tab: WindowHandle) -> WebDriverResult<BrowserContext> {
        // Chromium writes there on which port it listens, and at which path.
        let address = std::fs::read_to_string(driver.profile().join("DevToolsActivePort"))?;
        let (port, path) = address.trim().split_once('\n').unwrap_or_default();
        let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
        let url = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.map_err(io::Error::other)?;
        let mut context = BrowserContext { socket: socket.into(), id: String::new(), first_tab };
        let created = context.call("Target.createBrowserContext", json!({ "disposeOnDetach": true })).await?;
        context.id = text(&created["browserContextId"]);
        Ok(context)
    }

    pub async fn new_tab(&self) -> WebDriverResult<WindowHandle> {
        let tab = json!({ "url": "about:blank", "browserContextId": self.id });
        Ok(text(&self.call("Target.createTarget", tab).await?["targetId"]).into())
    }

    /// Whether a tab of the same browser is not of this context.
    pub fn is_outside(&self, tab: &WindowHandle) -> bool {
        *tab == self.first_tab
    }

    pub async fn download_to(&self, folder: &Path) -> WebDriverResult<()> {
        let allow = json!({ "behavior": "allow", "downloadPath": folder, "browserContextId": self.id });
        self.call("Browser.setDownloadBehavior", allow).await.map(drop)
    }

    async fn dispose(self) -> WebDriverResult<()> {
        self.call("Target.disposeBrowserContext", json!({ "browserContextId": self.id })).await.map(drop)
    }

    /// Calls a method of the devtools protocol, and waits for its result.
    async fn call(&self, method: &str, params: Value) -> WebDriverResult<Value> {
        let mut socket = self.socket.lock().await;
        let call = json!({ "id": 1, "method": method, "params": params });
        socket.send(Message::text(call.to_string())).await.map_err(io::Error::other)?;
        while let Some(message) = socket.next().await {
            let message = message.and_then(Message::into_text).map_err(io::Error::other)?;
            let answer: Value = serde_json::from_str(&message)?;
            // Events have no id.
            match (answer.get("id"), answer.get("error")) {
                (None, _) => {}
                (Some(_), None) => return Ok(answer["result"].clone()),
                (Some(_), Some(error)) => return Err(io::Error::other(format!("{method}: {error}")).into()),
            }
        }
        Err(io::Error::other(format!("{method}: the browser has ended")).into())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
