//! Draws the map. Colours are taken from the swatches of its key, so that they follow the theme.

use leptos::prelude::*;
use mesoscope::query::{AgentMap, Colour, NOTHING};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use super::layout::{Layout, NAME};

/// Draws it anew.
pub(super) fn paint(
    canvas: &HtmlCanvasElement,
    key: &Element,
    map: &AgentMap,
    colour: Colour,
    layout: &Layout,
    width: f64,
) -> Option<()> {
    let sharp = window().device_pixel_ratio().max(1.0);
    canvas.set_width((width * sharp) as u32);
    canvas.set_height((layout.height * sharp) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(sharp, sharp).ok()?;
    let colours = Colours::of(key)?;
    let side = layout.step - if layout.step > 8.0 { 2.0 } else { 1.0 };
    for (group, block) in map.groups.iter().zip(&layout.blocks) {
        for (number, shade) in (0_u32..).zip(&group.cells) {
            let (row, column) = (number / block.columns, number % block.columns);
            context.set_fill_style_str(colours.shade(*shade, colour));
            context.fill_rect(
                block.x + f64::from(column) * layout.step,
                block.y + f64::from(row) * layout.step,
                side,
                side,
            );
        }
    }
    if map.groups.len() > 1 {
        context.set_font(&colours.font);
        context.set_fill_style_str(&colours.ink);
        for (group, block) in map.groups.iter().zip(&layout.blocks) {
            let name = if group.name.is_empty() { "none" } else { &group.name };
            let room = f64::from(block.columns) * layout.step;
            let _ = context.fill_text_with_max_width(
                &shortened(&context, name, room),
                block.x,
                block.y - NAME + 12.0,
                room,
            );
        }
    }
    Some(())
}

/// As much of the name as there is room for.
fn shortened(context: &CanvasRenderingContext2d, name: &str, room: f64) -> String {
    let fits = |text: &str| context.measure_text(text).is_ok_and(|measured| measured.width() <= room);
    if fits(name) {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let longest = (1..letters.len()).rev().map(|length| letters.iter().take(length).chain(&['…']).collect::<String>());
    longest.into_iter().find(|text| fits(text)).unwrap_or_default()
}

struct Colours {
    /// In the order of the key.
    swatches: Vec<String>,
    ink: String,
    font: String,
}

impl Colours {
    fn of(key: &Element) -> Option<Self> {
        let swatches = key.query_selector_all("i").ok()?;
        let of = |element: &Element, name: &str| {
            let style = window().get_computed_style(element).ok().flatten();
            style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
        };
        let swatches = (0..swatches.length()).filter_map(|at| swatches.get(at)?.dyn_into::<Element>().ok());
        let swatches = swatches.map(|swatch| of(&swatch, "background-color")).collect();
        let font = format!("{} {}", of(key, "font-size"), of(key, "font-family"));
        Some(Self { swatches, ink: of(key, "color"), font })
    }

    /// By state the swatches stand in the states' order; of shares there is one for nothing, then one for each tenth.
    fn shade(&self, shade: u8, colour: Colour) -> &str {
        let at = match (colour, shade) {
            (Colour::State, state) => usize::from(state),
            (_, NOTHING) => 0,
            (_, share) => 1 + usize::from(share.min(99) / 10),
        };
        self.swatches.get(at).map_or("", String::as_str)
    }
}
