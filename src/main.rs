//! The page. Shows answers and sends messages; holds no cluster and decides nothing about one.

mod ui;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(ui::App);
}
