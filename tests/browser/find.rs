//! Finds things as a person or a screen reader does: by role and name. No classes, no ids, no order of elements.

use serde_json::json;
use thirtyfour::prelude::*;

use super::world::World;

impl World {
    /// The first one on screen with this role and name, as soon as there is one. The name is its whole name, or, after a
    /// `~`, a part of it.
    pub async fn find(&self, role: &str, name: &str) -> WebDriverResult<WebElement> {
        let what = format!("there is a {role} named {name:?}");
        self.until(&what, async || Ok(!self.all(role, name).await?.is_empty())).await?;
        Ok(self.all(role, name).await?.swap_remove(0))
    }

    pub async fn all(&self, role: &str, name: &str) -> WebDriverResult<Vec<WebElement>> {
        self.script(include_str!("find.js"), [json!(role), json!(name)]).await?.elements()
    }

    /// A field by its label, whatever kind it is.
    pub async fn field(&self, label: &str) -> WebDriverResult<WebElement> {
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
