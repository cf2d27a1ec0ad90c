//! The budgets, and which of them the figures keep. Ratios to the stock UI, to JSON.parse and to static rows are of the same run.

use sim::size::Size;

use super::figures::{Column, Figures, Load, TableFigures, line};
use super::tables::Table;

struct Budget {
    what: &'static str,
    /// Sizes that it is about; all if empty.
    sizes: &'static [Size],
    limit: Limit,
    unit: &'static str,
    figure: fn(&Figures) -> Option<f64>,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

use Limit::{AtLeast, AtMost};

/// Left out where the stock UI is not measured.
const AGAINST_STOCK: [Budget; 4] = [
    Budget::new("first row, against the stock UI's", &[Size::Small], AtMost(0.5), "x", |of| against(of, first, first)),
    Budget::new("first contentful paint, against the stock UI's", &[], AtMost(1.0), "x", |of| {
        against(of, paint, paint)
    }),
    Budget::new("first row, against the stock UI's", &[Size::Large], AtMost(0.05), "x", |of| against(of, first, first)),
    Budget::new("all rows, against the stock UI's first", &[Size::Large], AtMost(0.167), "x", |of| {
        against(of, |load| load.all, first)
    }),
];

const BUDGETS: [Budget; 15] = [
    Budget::new("speed of decoding and folding, against JSON.parse", &[], AtLeast(3.0), "x", |of| {
        Some(of.parsed?.millis / of.decoded?.millis)
    }),
    Budget::new("first row", &[Size::Huge], AtMost(1.0), "s", |of| worst(of, |table| Some(table.load?.first / 1e3))),
    Budget::new("all rows", &[Size::Huge], AtMost(4.0), "s", |of| worst(of, |table| Some(table.load?.all? / 1e3))),
    Budget::new("longest task on the page's thread (0 if none takes 50 ms)", &[], AtMost(50.0), "ms", |of| {
        worst(of, |table| Some(table.load?.longest.max(table.longest?)))
    }),
    Budget::new("tasks: slowest key to painted rows", &[Size::Large], AtMost(50.0), "ms", |of| {
        Some(of.tables.get(&Table::Tasks)?.keys?.slowest)
    }),
    Budget::new("tasks: sort", &[Size::Large], AtMost(80.0), "ms", |of| of.tables.get(&Table::Tasks)?.sort),
    Budget::new("frames, scrolling 3,000 px/s with 500 events/s", &[], AtLeast(58.0), "a second", |of| {
        of_all(of, f64::min, |table| Some(table.live?.frames_a_second))
    }),
    Budget::new("the same: CPU, against static rows", &[], AtMost(1.5), "x", |of| {
        worst(of, |table| Some(table.live?.cpu? / table.floor?.cpu?))
    }),
    Budget::new("500 events/s, a table in sight: CPU", &[Size::Medium], AtMost(15.0), "% of a core", |of| {
        worst(of, |table| table.watched)
    }),
    Budget::new("500 events/s, the overview in sight: CPU", &[Size::Medium], AtMost(15.0), "% of a core", |of| {
        of.overview
    }),
    Budget::new("idle: CPU", &[], AtMost(1.0), "% of a core", |of| of.idle),
    Budget::new("peak memory of renderers", &[Size::Large], AtMost(350.0), "MB", memory),
    Budget::new("peak memory of renderers", &[Size::Huge], AtMost(800.0), "MB", memory),
    Budget::new("download before the first row", &[], AtMost(750.0), "KB", |of| Some(of.download?.first / 1e3)),
    Budget::new("download in all", &[], AtMost(1300.0), "KB", |of| Some(of.download?.all / 1e3)),
];

/// The budgets with each size's figure.
pub fn print(columns: &[Column], has_stock: bool) {
    line("budget", columns.iter().map(|column| column.name.clone()));
    println!("|---|{}", "---|".repeat(columns.len()));
    let against_stock = AGAINST_STOCK.iter().filter(|_| has_stock);
    for budget in against_stock.chain(&BUDGETS) {
        if columns.iter().any(|column| budget.is_about(column)) {
            line(&budget.title(), columns.iter().map(|column| budget.cell(column)));
        }
    }
}

impl Budget {
    const fn new(
        what: &'static str,
        sizes: &'static [Size],
        limit: Limit,
        unit: &'static str,
        figure: fn(&Figures) -> Option<f64>,
    ) -> Budget {
        Budget { what, sizes, limit, unit, figure }
    }

    fn title(&self) -> String {
        match self.limit {
            AtMost(most) => format!("{}: at most {most} {}", self.what, self.unit),
            AtLeast(least) => format!("{}: at least {least} {}", self.what, self.unit),
        }
    }

    fn is_about(&self, column: &Column) -> bool {
        self.sizes.is_empty() || self.sizes.contains(&column.size)
    }

    /// Empty for a size that it is not about.
    fn cell(&self, column: &Column) -> String {
        if !self.is_about(column) {
            return String::new();
        }
        let Some(figure) = (self.figure)(&column.figures).filter(|figure| figure.is_finite()) else {
            return "not measured".to_owned();
        };
        let is_kept = match self.limit {
            AtMost(most) => figure <= most,
            AtLeast(least) => figure >= least,
        };
        let digits = if figure < 1.0 { 3 } else { 1 };
        format!("{figure:.digits$} {}: {}", self.unit, if is_kept { "pass" } else { "miss" })
    }
}

/// The worst ratio of a moment of the page's load to one of the stock UI's.
fn against(of: &Figures, own: fn(Load) -> Option<f64>, stock: fn(Load) -> Option<f64>) -> Option<f64> {
    worst(of, |table| Some(own(table.load?)? / stock(table.stock?)?))
}

fn first(load: Load) -> Option<f64> {
    Some(load.first)
}

fn paint(load: Load) -> Option<f64> {
    load.paint
}

fn memory(of: &Figures) -> Option<f64> {
    worst(of, |table| Some(table.load?.memory? as f64 / 1e6))
}

/// The largest figure of all tables; `None` if one has none.
fn worst(of: &Figures, figure: impl Fn(&TableFigures) -> Option<f64>) -> Option<f64> {
    of_all(of, f64::max, figure)
}

fn of_all(of: &Figures, pick: fn(f64, f64) -> f64, figure: impl Fn(&TableFigures) -> Option<f64>) -> Option<f64> {
    let each: Option<Vec<f64>> = Table::ALL.iter().map(|table| figure(of.tables.get(table)?)).collect();
    each?.into_iter().reduce(pick)
}
