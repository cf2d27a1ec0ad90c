//! The tables that are measured, on the page and on the stock web UI.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    Tasks,
    Agents,
    Frameworks,
}

impl Table {
    pub const ALL: [Table; 3] = [Table::Tasks, Table::Agents, Table::Frameworks];

    pub fn name(self) -> &'static str {
        match self {
            Table::Tasks => "tasks",
            Table::Agents => "agents",
            Table::Frameworks => "frameworks",
        }
    }

    pub fn address(self) -> &'static str {
        match self {
            Table::Tasks => "#/tasks",
            Table::Agents => "#/agents",
            Table::Frameworks => "#/frameworks",
        }
    }

    /// Address on the stock UI, which has the active tasks on its home page.
    pub fn stock_address(self) -> &'static str {
        match self {
            Table::Tasks => "#/",
            Table::Agents | Table::Frameworks => self.address(),
        }
    }

    /// Columns to sort by: numbers and words take different paths.
    pub fn columns(self) -> [&'static str; 2] {
        match self {
            Table::Agents => ["CPUs", "Host"],
            Table::Tasks | Table::Frameworks => ["CPUs", "Name"],
        }
    }
}
