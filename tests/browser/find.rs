//! Finds things as a person or a screen reader does: by role and name. No classes, no ids, no order of elements.
//!
//! A page may draw an element again at any time. So what is done with a found one is tried until it is possible.

use std::sync::Mutex;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::world::World;

impl World {
    /// The first one on screen with this role and name, as soon as there is one. The name is its whole name, or, after a
    /// `~`, a part of it.
    pub async fn find(&self, role: &str, name: &str) -> WebDriverResult<Found<'_>> {
        Found::new(self, Place::Named(role.to_owned(), name.to_owned())).await
    }

    /// The first one that the selector fits, for what has no name.
    pub async fn select(&self, selector: &str) -> WebDriverResult<Found<'_>> {
        Found::new(self, Place::Selected(selector.to_owned())).await
    }

    pub async fn all(&self, role: &str, name: &str) -> WebDriverResult<Vec<WebElement>> {
        self.script(include_str!("find.js"), [json!(role), json!(name)]).await?.elements()
    }

    /// A field by its label, whatever kind it is.
    pub async fn field(&self, label: &str) -> WebDriverResult<Found<'_>> {
        self.find("field", label).await
    }

    /// Clicks it as soon as it can be. What is disabled, or is drawn again between the look and the click, was not clicked.
    pub async fn click(&self, role: &str, name: &str) -> WebDriverResult<()> {
        let clicked = async || {
            for element in self.all(role, name).await? {
                if element.attr("aria-disabled").await?.is_none() {
                    return element.click().await.map(|()| true);
                }
            }
            Ok(false)
        };
        self.until(&format!("the {role} named {name:?} is clicked"), clicked).await
    }

    pub async fn wait_no(&self, role: &str, name: &str) -> WebDriverResult<()> {
        let what = format!("there is no {role} named {name:?}");
        self.until(&what, async || Ok(self.all(role, name).await?.is_empty())).await
    }
}

/// How an element was found, to find it again.
#[derive(Clone, Debug)]
enum Place {
    Named(String, String),
    Selected(String),
    /// The first one inside another.
    Inside(Box<Place>, By),
}

impl Place {
    async fn look(&self, world: &World) -> WebDriverResult<Option<WebElement>> {
        match self {
            Place::Named(role, name) => Ok(world.all(role, name).await?.into_iter().next()),
            Place::Selected(selector) => world.driver.find(By::Css(selector.as_str())).await.map(Some),
            Place::Inside(outer, by) => match Box::pin(outer.look(world)).await? {
                Some(outer) => outer.find(by.clone()).await.map(Some),
                None => Ok(None),
            },
        }
    }
}

/// An element that was found. It stays the same one, whatever its name becomes; only when the page has drawn it again, it is
/// found again.
pub struct Found<'a> {
    world: &'a World,
    place: Place,
    element: Mutex<WebElement>,
}

impl<'a> Found<'a> {
    async fn new(world: &'a World, place: Place) -> WebDriverResult<Found<'a>> {
        let element = world.until_some(&format!("there is {place:?}"), async || place.look(world).await).await?;
        Ok(Found { world, place, element: Mutex::new(element) })
    }

    pub fn element(&self) -> WebElement {
        self.element.lock().expect("no thread panics with it").clone()
    }

    /// Tries that until it is possible.
    async fn once<T>(&self, what: &str, done: impl AsyncFn(WebElement) -> WebDriverResult<T>) -> WebDriverResult<T> {
        let attempt = async || {
            let outcome = done(self.element()).await;
            if let Err(error) = &outcome
                && is_gone(error)
                && let Some(again) = self.place.look(self.world).await?
            {
                *self.element.lock().expect("no thread panics with it") = again;
            }
            outcome.map(Some)
        };
        self.world.until_some(&format!("{what} {:?}", self.place), attempt).await
    }

    pub async fn click(&self) -> WebDriverResult<()> {
        self.once("a click on", async |element| element.click().await).await
    }

    pub async fn send_keys(&self, keys: impl Into<TypingData>) -> WebDriverResult<()> {
        let keys = keys.into().to_string();
        self.once("keys for", async |element| element.send_keys(keys.as_str()).await).await
    }

    pub async fn clear(&self) -> WebDriverResult<()> {
        self.once("an empty", async |element| element.clear().await).await
    }

    /// Types in place of what is there.
    pub async fn fill(&self, text: &str) -> WebDriverResult<()> {
        let typed = async |element: WebElement| {
            element.send_keys(Key::Control + "a").await?;
            if text.is_empty() {
                element.send_keys(Key::Delete + "").await?;
            } else {
                element.send_keys(text).await?;
            }
            // A choice has the value of what was typed.
            let is_choice = element.tag_name().await? == "select";
            Ok(is_choice || element.value().await?.as_deref() == Some(text))
        };
        self.world.until(&format!("{text:?} is in {:?}", self.place), async || self.once("keys for", typed).await).await
    }

    pub async fn text(&self) -> WebDriverResult<String> {
        self.once("the text of", async |element| element.text().await).await
    }

    pub async fn value(&self) -> WebDriverResult<Option<String>> {
        self.once("the value of", async |element| element.value().await).await
    }

    pub async fn attr(&self, name: &str) -> WebDriverResult<Option<String>> {
        self.once("an attribute of", async |element| element.attr(name.to_owned()).await).await
    }

    /// The first one inside, as soon as there is one.
    pub async fn find(&self, by: By) -> WebDriverResult<Found<'a>> {
        Found::new(self.world, Place::Inside(Box::new(self.place.clone()), by)).await
    }

    pub async fn find_all(&self, by: By) -> WebDriverResult<Vec<WebElement>> {
        self.once("what is in", async |element| element.find_all(by.clone()).await).await
    }

    pub async fn prop(&self, name: &str) -> WebDriverResult<Option<String>> {
        self.once("a property of", async |element| element.prop(name.to_owned()).await).await
    }

    pub async fn is_enabled(&self) -> WebDriverResult<bool> {
        self.once("the state of", async |element| element.is_enabled().await).await
    }

    pub async fn is_displayed(&self) -> WebDriverResult<bool> {
        self.element().is_displayed().await
    }

    pub async fn scroll_into_view(&self) -> WebDriverResult<()> {
        self.once("a scroll to", async |element| element.scroll_into_view().await).await
    }

    pub async fn focus(&self) -> WebDriverResult<()> {
        self.once("a focus on", async |element| element.focus().await).await
    }

    /// Runs a script with the element as its first argument.
    pub async fn script(&self, script: &str, more: impl Into<Vec<Value>>) -> WebDriverResult<ScriptRet> {
        let more = more.into();
        let run = async |element: WebElement| {
            let args = std::iter::once(element.to_json()?).chain(more.iter().cloned());
            self.world.script(script, args.collect::<Vec<_>>()).await
        };
        self.once("a script for", run).await
    }
}

/// Whether the page has the element no longer.
fn is_gone(error: &WebDriverError) -> bool {
    use thirtyfour::error::WebDriverErrorInner::{NoSuchElement, StaleElementReference, UnknownError};
    matches!(error.as_inner(), NoSuchElement(_) | StaleElementReference(_) | UnknownError(_))
}
