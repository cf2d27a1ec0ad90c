//! Draws the map. Colours are taken from the swatches of its key, so that they follow the theme.

use leptos::prelude::*;
use mesoscope::query::{AgentMap, Colour, NOTHING};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData};

use super::layout::{Layout, NAME};

/// Draws it anew. Cells are set as pixels and put on the canvas at once: of 40,000, each drawn by itself, the page would stand
/// still for as many calls.
pub(super) fn paint(
    canvas: &HtmlCanvasElement,
    key: &Element,
    map: &AgentMap,
    colour: Colour,
    layout: &Layout,
    width: f64,
) -> Option<()> {
    let sharp = window().device_pixel_ratio().max(1.0);
    let mut sheet = Sheet::new((width * sharp) as u32, (layout.height * sharp) as u32);
    canvas.set_width(sheet.width);
    canvas.set_height(sheet.height);
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    let context: CanvasRenderingContext2d =
        canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()?;
    let colours = Colours::of(key, &context)?;
    let side = layout.step - if layout.step > 8.0 { 2.0 } else { 1.0 };
    for (group, block) in map.groups.iter().zip(&layout.blocks) {
        for (number, shade) in (0_u32..).zip(&group.cells) {
            let (row, column) = (number / block.columns, number % block.columns);
            let place = (block.x + f64::from(column) * layout.step, block.y + f64::from(row) * layout.step);
            let at = |from: f64| ((from * sharp).round() as u32, ((from + side) * sharp).round() as u32);
            sheet.fill(at(place.0), at(place.1), colours.shade(*shade, colour));
        }
    }
    sheet.put_on(&context)?;
    context.scale(sharp, sharp).ok()?;
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

/// Pixels of four bytes each: red, green, blue, and how solid.
type Pixel = [u8; 4];

struct Sheet {
    width: u32,
    height: u32,
    pixels: Vec<Pixel>,
}

impl Sheet {
    fn new(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![Pixel::default(); width as usize * height as usize] }
    }

    /// From the left edge to the right one, and from the upper to the lower one; what is beyond its own is left out.
    fn fill(&mut self, (left, right): (u32, u32), (top, bottom): (u32, u32), pixel: Pixel) {
        let width = self.width as usize;
        let rows = self.pixels.chunks_exact_mut(width.max(1)).skip(top as usize).take((bottom - top) as usize);
        for row in rows {
            let right = (right as usize).min(width);
            row.get_mut(left as usize..right).into_iter().flatten().for_each(|it| *it = pixel);
        }
    }

    fn put_on(&self, context: &CanvasRenderingContext2d) -> Option<()> {
        let bytes = Clamped(self.pixels.as_flattened());
        let image = ImageData::new_with_u8_clamped_array_and_sh(bytes, self.width, self.height).ok()?;
        context.put_image_data(&image, 0.0, 0.0).ok()
    }
}

struct Colours {
    /// In the order of the key.
    swatches: Vec<Pixel>,
    ink: String,
    font: String,
}

impl Colours {
    /// Styles may tell a colour in many ways: the canvas, on which nothing is drawn yet, knows what it is.
    fn of(key: &Element, context: &CanvasRenderingContext2d) -> Option<Self> {
        let swatches = key.query_selector_all("i").ok()?;
        let of = |element: &Element, name: &str| {
            let style = window().get_computed_style(element).ok().flatten();
            style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
        };
        let count = swatches.length();
        let each = (0..count).filter_map(|at| swatches.get(at)?.dyn_into::<Element>().ok());
        for (swatch, at) in each.zip(0_u32..) {
            context.set_fill_style_str(&of(&swatch, "background-color"));
            context.fill_rect(f64::from(at), 0.0, 1.0, 1.0);
        }
        let drawn = context.get_image_data(0.0, 0.0, f64::from(count.max(1)), 1.0).ok()?.data();
        context.clear_rect(0.0, 0.0, f64::from(count), 1.0);
        let swatches = drawn.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]]).collect();
        let font = format!("{} {}", of(key, "font-size"), of(key, "font-family"));
        Some(Self { swatches, ink: of(key, "color"), font })
    }

    /// By state the swatches stand in the states' order; of shares there is one for nothing, then one for each tenth.
    fn shade(&self, shade: u8, colour: Colour) -> Pixel {
        let at = match (colour, shade) {
            (Colour::State, state) => usize::from(state),
            (_, NOTHING) => 0,
            (_, share) => 1 + usize::from(share.min(99) / 10),
        };
        self.swatches.get(at).copied().unwrap_or_default()
    }
}
