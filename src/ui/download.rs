//! Files and folders as downloads. The gateway streams them by a ticket, so that the browser writes them to disk as they come;
//! without a gateway the page reads a file by windows itself, up to what a browser holds.

use gloo_net::http::Request;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use mesoscope::api::files::ReadFile;
use mesoscope::api::{Refusal, Target};
use mesoscope::file::{self, WINDOW};
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::ask::{NoAnswer, Question};
use super::link::{Link, base};

/// What a page holds of a file at most, to hand it to the browser.
const HELD: u64 = 256 << 20;

/// How a download stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Standing {
    #[default]
    None,
    /// The page reads it itself: so many bytes of so many.
    Reading(u64, u64),
    Failed(String),
}

/// Downloads a file, or a folder as tar. It ends, if the page reads it, with the scope.
pub(crate) async fn download(link: Link, target: Target, path: String, standing: RwSignal<Standing>) {
    standing.try_set(Standing::None);
    match announce(link, &target, &path).await {
        Ok(ticket) => drop(follow(&format!("{}download/{ticket}", base()), None)),
        Err(refusal) if matches!(refusal.status, 404 | 405) && !refusal.words.is_empty() => {
            let failed = by_windows(link, target, path, standing).await.err();
            standing.try_set(failed.map_or(Standing::None, Standing::Failed));
        }
        Err(refusal) => drop(standing.try_set(Standing::Failed(refusal.to_string()))),
    }
}

/// The ticket that the gateway gives.
async fn announce(link: Link, target: &Target, path: &str) -> Result<String, Refusal> {
    let agent = match target {
        Target::Master => serde_json::Value::Null,
        Target::Agent(id) => id.as_str().into(),
    };
    let body = serde_json::json!({ "agent": agent, "path": path }).to_string();
    let broken = |error: gloo_net::Error| Refusal { status: 0, words: error.to_string() };
    let request = Request::post(&format!("{}download", base())).header("Content-Type", "application/json");
    let request = match link.identity.get_untracked() {
        Some(who) => request.header("Authorization", who.authorization.reveal()),
        None => request,
    };
    let response = request.body(body).map_err(broken)?.send().await.map_err(broken)?;
    let words = response.text().await.map_err(broken)?.trim().to_owned();
    match response.status() {
        200 => Ok(words),
        status => Err(Refusal { status, words }),
    }
}

async fn by_windows(link: Link, target: Target, path: String, standing: RwSignal<Standing>) -> Result<(), String> {
    let parts = Array::new();
    let (mut at, mut size) = (0, u64::MAX);
    while at < size {
        let call = ReadFile { path: path.clone(), offset: at, length: Some(WINDOW) };
        let body = Question::new(&call, target.clone()).ask(link).await.map_err(|why| told(&why))?;
        let window = file::told(&body).map_err(|why| why.to_string())?;
        // Just what it has now: what is written meanwhile would have no end.
        if at > 0 && window.size < size {
            return Err("The file was cut or rotated meanwhile: please ask for it again.".into());
        }
        size = size.min(window.size);
        if size > HELD {
            return Err("The file is too large for the browser to hold. Through the mesoscope executable any size can be downloaded.".into());
        }
        if window.bytes.is_empty() {
            break;
        }
        at += window.bytes.len() as u64;
        let piece = Array::of1(&Uint8Array::from(window.bytes.as_slice()));
        Blob::new_with_u8_array_sequence(&piece)
            .map(|blob| parts.push(&blob))
            .map_err(|_| "The browser has no room for it.")?;
        standing.try_set(Standing::Reading(at, size));
    }
    let whole = Blob::new_with_blob_sequence(&parts).map_err(|_| "The browser has no room for it.")?;
    give(&whole, file::base_name(&path)).ok_or("The browser takes no files.")?;
    Ok(())
}

fn told(why: &NoAnswer) -> String {
    match why {
        NoAnswer::Refused(Refusal { status: 400, words }) if words.contains("directory") => {
            "Folders are downloaded through the mesoscope executable only.".to_owned()
        }
        other => other.to_string(),
    }
}

/// Hands a file to the reader's browser, under that name.
pub(crate) fn give(file: &Blob, name: &str) -> Option<()> {
    let url = Url::create_object_url_with_blob(file).ok()?;
    follow(&url, Some(name))?;
    // The browser reads it after the click; how long after, it does not say.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
    Some(())
}

fn follow(url: &str, name: Option<&str>) -> Option<()> {
    let anchor: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(url);
    anchor.set_download(name.unwrap_or_default());
    anchor.click();
    Some(())
}
