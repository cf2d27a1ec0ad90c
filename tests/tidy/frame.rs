//! The page's frame in index.html, which is seen until the page's code has come.

use mesoscope_core::route::Route;
use mesoscope_core::text::places::Place;

use super::rule::{Report, Rule, tree};
use super::source::Source;

const INDEX: &str = "index.html";
const ICONS: &str = "src/app/icon.rs";

pub const FRAME_IS_THE_PAGES: Rule = Rule {
    says: "the frame in index.html has the links of the navigation, in its order, with icons of src/app/icon.rs",
    reads: &[INDEX, ICONS],
    check: |files| {
        let (index, icons) = (text(files, INDEX), text(files, ICONS));
        if files.is_empty() {
            return Report::default();
        }
        let links: Vec<&str> = index.lines().map(str::trim).filter(|line| line.contains(" (g ")).collect();
        let expected: Vec<String> = Place::ALL.into_iter().map(start).collect();
        let differs =
            links.len() != expected.len() || links.iter().zip(&expected).any(|(link, start)| !link.starts_with(start));
        let order = differs.then(|| format!("{INDEX} has other links than core/text/places.rs: {links:#?}"));
        let paths = index.split("<path d=\"").skip(1).filter_map(|rest| rest.split('"').next());
        // The brand's mark is drawn by src/app/shell.rs.
        let mut report = Report::of(paths.skip(1), |path| {
            let is_known = icons.contains(&format!("\"{path}\""));
            (!is_known).then(|| format!("{INDEX}: no icon has the path {path}")).into_iter().collect()
        });
        report.offences.extend(order);
        report
    },
    least: Place::ALL.len(),
    broken_by: || {
        let mark = "<path d=\"M0\" />\n".to_owned();
        let links: Vec<String> =
            Place::ALL.into_iter().map(|place| format!("{}><path d=\"M1\" />\n", start(place))).collect();
        let icon = (ICONS, "const PATH: &str = \"M1\";");
        let whole = mark + &links.concat();
        let named = whole.replace("Executors (g", "Runners (g");
        let drawn = whole.replacen("\"M1\"", "\"M2\"", 1);
        vec![tree(&[(INDEX, &named), icon]), tree(&[(INDEX, &drawn), icon])]
    },
};

fn text<'a>(files: &'a [Source], path: &str) -> &'a str {
    files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
}

/// How the link to a page begins.
fn start(place: Place) -> String {
    format!("<a href=\"{}\" title=\"{} (g {})\"", Route::from(place), place.name(), place.key())
}
