//! The page. Shows answers and sends messages; holds no cluster and decides nothing about one.

mod ui;

fn main() {
    console_error_panic_hook::set_once();
    // The words of index.html for a page that does not start.
    if let Some(startup) = leptos::prelude::document().get_element_by_id("startup") {
        startup.remove();
    }
    leptos::mount::mount_to_body(ui::App);
}
