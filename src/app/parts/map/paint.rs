//! Paints the map. Colours come from the swatches of its key, so that they follow the theme.

use leptos::prelude::*;
use mesoscope_core::base::escaping;
use mesoscope_core::views::map::{AgentMap, ColourBy, NO_RESOURCE};
use mesoscope_core::views::map_layout::{Layout, NAME_HEIGHT};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData};

/// Maximum number of pixels in the buffer, to limit memory.
const MOST: usize = 16 << 20;

/// Paints the map. Cells go through a pixel buffer if possible: 40,000 separate draw calls would block the page.
pub(super) fn paint(
    canvas: &HtmlCanvasElement,
    key: &Element,
    map: &AgentMap,
    colour: ColourBy,
    layout: &Layout,
    width: f64,
) -> Option<()> {
    let sharp = window().device_pixel_ratio().max(1.0);
    let (across, down) = ((width * sharp) as u32, (layout.height * sharp) as u32);
    canvas.set_width(across);
    canvas.set_height(down);
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    let context: CanvasRenderingContext2d =
        canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()?;
    let colours = Colours::of(key)?;
    let side = layout.step - if layout.step > 8.0 { 2.0 } else { 1.0 };
    let cells = map.groups.iter().zip(&layout.blocks).flat_map(|(group, block)| {
        (0_u32..).zip(&group.cells).map(|(number, shade)| {
            let (row, column) = (number / block.columns, number % block.columns);
            let place = (block.x + f64::from(column) * layout.step, block.y + f64::from(row) * layout.step);
            (place, swatch(*shade, colour))
        })
    });
    let pixels = Sheet::new(across, down).zip(colours.pixels(&context));
    if let Some((mut sheet, pixels)) = pixels {
        let at = |from: f64| ((from * sharp).round() as u32, ((from + side) * sharp).round() as u32);
        cells.for_each(|((x, y), swatch)| sheet.fill(at(x), at(y), pixels.get(swatch).copied().unwrap_or_default()));
        sheet.put_on(&context)?;
        context.scale(sharp, sharp).ok()?;
    } else {
        context.scale(sharp, sharp).ok()?;
        for ((x, y), swatch) in cells {
            context.set_fill_style_str(colours.swatches.get(swatch).map_or("", String::as_str));
            context.fill_rect(x, y, side, side);
        }
    }
    if map.groups.len() > 1 {
        context.set_font(&colours.font);
        context.set_fill_style_str(&colours.ink);
        for (group, block) in map.groups.iter().zip(&layout.blocks) {
            let name = if group.name.is_empty() { "none".into() } else { escaping::escape_invisible(&group.name) };
            let room = f64::from(block.columns) * layout.step;
            let _ = context.fill_text_with_max_width(
                &shortened(&context, &name, room),
                block.x,
                block.y - NAME_HEIGHT + 12.0,
                room,
            );
        }
    }
    Some(())
}

/// Truncates the name to the available width.
fn shortened(context: &CanvasRenderingContext2d, name: &str, room: f64) -> String {
    let fits = |text: &str| context.measure_text(text).is_ok_and(|measured| measured.width() <= room);
    if fits(name) {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let longest = (1..letters.len()).rev().map(|length| letters.iter().take(length).chain(&['…']).collect::<String>());
    longest.into_iter().find(|text| fits(text)).unwrap_or_default()
}

/// A pixel: red, green, blue, alpha.
type Pixel = [u8; 4];

struct Sheet {
    width: u32,
    height: u32,
    pixels: Vec<Pixel>,
}

impl Sheet {
    /// Creates a buffer; `None` if it would be too large.
    fn new(width: u32, height: u32) -> Option<Self> {
        let count = (width as usize).checked_mul(height as usize).filter(|count| *count <= MOST)?;
        Some(Self { width, height, pixels: vec![Pixel::default(); count] })
    }

    /// Fills a rectangle, left to right and top to bottom; clips at the edges.
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
    /// Swatch colours in the order of the key.
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

    /// Resolves the swatches to pixels by drawing them on the empty canvas, which understands every CSS colour.
    ///
    /// `None` if the browser falsifies canvas reads: a known colour is checked too.
    fn pixels(&self, context: &CanvasRenderingContext2d) -> Option<Vec<Pixel>> {
        const KNOWN: (&str, Pixel) = ("#123456", [0x12, 0x34, 0x56, 255]);
        let drawn = self.swatches.iter().map(String::as_str).chain([KNOWN.0]);
        for (swatch, at) in drawn.zip(0_u32..) {
            context.set_fill_style_str(swatch);
            context.fill_rect(f64::from(at), 0.0, 1.0, 1.0);
        }
        let count = self.swatches.len() as f64 + 1.0;
        let reported = context.get_image_data(0.0, 0.0, count, 1.0).ok()?.data();
        context.clear_rect(0.0, 0.0, count, 1.0);
        let mut pixels: Vec<Pixel> = reported.as_chunks().0.to_vec();
        (pixels.pop() == Some(KNOWN.1)).then_some(pixels)
    }
}

/// Swatch index of a shade: states in their order; for shares, zero first, then one per tenth.
fn swatch(shade: u8, colour: ColourBy) -> usize {
    match (colour, shade) {
        (ColourBy::State, state) => usize::from(state),
        (_, NO_RESOURCE) => 0,
        (_, share) => 1 + usize::from(share.min(99) / 10),
    }
}
