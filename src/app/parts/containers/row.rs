//! Row of a container: what runs in it, its usage with live lines, and its details below.

use leptos::prelude::*;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::text;
use mesoscope_core::views::containers::{ContainerRow, ContainerSample};

use super::cells::{bytes, cpus, files, name, network, who};
use super::more::more;
use super::state::{ContainerPanel, ContainerPath};
use crate::widgets::sparkline::{Axis, Point, Sparkline};

/// Deepest level that is indented: deeper ones would leave no room for their names, so that the row says their level.
const INDENTED: usize = 9;

#[component]
pub(super) fn ContainerRowView(
    panel: ContainerPanel,
    shown: Memo<Vec<ContainerRow>>,
    path: ContainerPath,
    depth: usize,
    has_network: Memo<bool>,
) -> impl IntoView {
    let own = path.clone();
    let row = Memo::new(move |_| {
        shown.with(|rows| rows.iter().find(|row| row.path == own).map(|row| (row.inside, row.is_ended)))
    });
    let inside = Memo::new(move |_| row.get().map_or(0, |(inside, _)| inside));
    let is_ended = Memo::new(move |_| row.get().is_some_and(|(_, is_ended)| is_ended));
    let path = StoredValue::new(path);
    let container = panel.container(path.get_value());
    let is_collapsed = Memo::new(move |_| panel.collapsed.with(|all| path.with_value(|path| all.contains(path))));
    let is_open = Memo::new(move |_| panel.open.with(|all| path.with_value(|path| all.contains(path))));
    let expanded = move || (inside.get() > 0).then(|| if is_collapsed.get() { "false" } else { "true" });
    // One row is a tab stop: the last one that had the focus, or the first.
    let tab = move || {
        let is_first = || shown.with(|rows| rows.first().is_some_and(|row| path.with_value(|path| row.path == *path)));
        let is_stop = panel
            .active
            .with(|active| active.as_ref().map_or_else(is_first, |active| path.with_value(|path| path == active)));
        if is_stop { "0" } else { "-1" }
    };
    let spark = move |of: fn(&ContainerSample) -> Option<f64>| line(panel, path, of);
    let indent = depth.min(INDENTED - 1).to_string();
    let level =
        (depth >= INDENTED).then(|| view! { <span class="dim level">{text::containers::level(depth + 1)}</span> });
    let click = move |_| path.with_value(|path| panel.toggle(path));
    let details = move || if is_open.get() { "Hide" } else { "Details" };
    let label =
        move || path.with_value(|path| text::containers::details(is_open.get(), &name(panel, path, &container.read())));
    view! {
        <tr data-row="" data-ended=move || is_ended.get().then_some("") tabindex=tab attr:aria-level=(depth + 1).to_string() aria-expanded=expanded
            on:focus=move |_| panel.active.set(Some(path.get_value())) on:keydown=move |event| path.with_value(|path| panel.pressed(&event, path, inside.get_untracked() > 0))>
            <td data-label="Container"><span class="branch" style=("--indent", indent)>{fold(panel, path, inside, is_collapsed)}{level}
                {move || who(panel, path, &container.read(), is_ended.get())}</span></td>
            <td class="num" data-label="CPUs in use"><span class="measure">{spark(|sample| sample.cpus)}{move || container.with(cpus)}</span></td>
            <td class="num" data-label="Memory in use"><span class="measure">{spark(|sample| sample.mem)}{move || container.with(|it| bytes(it.usage.mem_rss, it.usage.mem_limit))}</span></td>
            <td class="num" data-label="Disk in use">{move || container.with(|it| bytes(it.usage.disk_used, it.usage.disk_limit))}</td>
            <td class="num" data-label="Network" hidden=move || !has_network.get()><span class="measure">{spark(|sample| sample.network)}{move || container.with(network)}</span></td>
            <td data-label="Sandbox">{move || path.with_value(|path| files(panel, path))}</td>
            <td><button class="text-button" type="button" aria-label=label aria-expanded=move || is_open.get().to_string() on:click=click>{details}</button></td>
        </tr>
        <Show when=move || is_open.get()>
            <tr class="more" attr:aria-level=(depth + 2).to_string()><td colspan="7">{more(panel, path.get_value(), container, is_ended)}</td></tr>
        </Show>
    }
}

/// Button that shows or hides the containers inside; a blank if there are none.
fn fold(
    panel: ContainerPanel,
    path: StoredValue<ContainerPath>,
    inside: Memo<usize>,
    is_collapsed: Memo<bool>,
) -> impl IntoView {
    let has_inside = Memo::new(move |_| inside.get() > 0);
    let label = move || text::containers::inside(inside.get());
    let click = move |_| path.with_value(|path| panel.set_collapsed(path, !is_collapsed.get_untracked()));
    let sign = move || if is_collapsed.get() { "▸" } else { "▾" };
    move || {
        match has_inside.get() {
        true => view! {
            <button class="quiet" type="button" tabindex="-1" aria-expanded=move || (!is_collapsed.get()).to_string() aria-label=label title=label on:click=click>{sign}</button>
        }
        .into_any(),
        false => view! { <span class="leaf"></span> }.into_any(),
    }
    }
}

/// Live line of a figure, by the agent's clock.
fn line(
    panel: ContainerPanel,
    path: StoredValue<ContainerPath>,
    of: fn(&ContainerSample) -> Option<f64>,
) -> impl IntoView {
    let points = Signal::derive(move || {
        let point = |sample: &ContainerSample| Some((sample.at * 1000.0, of(sample)?));
        let points = panel
            .source
            .report
            .with(|report| path.with_value(|path| report.samples(path).filter_map(point).collect::<Vec<Point>>()));
        points.unwrap_or_default()
    });
    let title = move || {
        let ends = points.with(|points| points.first().zip(points.last()).map(|(first, last)| last.0 - first.0));
        ends.filter(|millis| *millis > 0.0)
            .map(|millis| text::containers::covered(Nanoseconds::from_secs_f64(millis / 1000.0)))
    };
    view! { <span title=title><Sparkline axis=Axis::Zero points/></span> }
}
