//! Layout of the map in pixels: groups are blocks that flow like words, each with its name above it.

/// A group's cells.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBlock {
    /// Left edge of the first cell.
    pub x: f64,
    /// Top edge of the first row of cells; the name is above it.
    pub y: f64,
    /// Cells side by side.
    pub columns: u32,
    /// Number of cells.
    pub cells: u32,
}

/// The whole map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// From one cell to the next.
    pub step: f64,
    /// The groups, in their order.
    pub blocks: Vec<GroupBlock>,
    /// Height of all blocks together.
    pub height: f64,
}

/// Height of a group's name, in pixels.
pub const NAME_HEIGHT: f64 = 18.0;
/// Minimum width of a block, in pixels: some letters of its name.
const NARROW: f64 = 76.0;
const BETWEEN: f64 = 14.0;
const FEW: usize = 6;

impl Layout {
    /// The layout of groups with these numbers of cells, in this width.
    pub fn of(groups: &[u32], width: f64) -> Self {
        let all = groups.iter().fold(0_u32, |sum, cells| sum.saturating_add(*cells));
        let step = step(all);
        let across = ((width / step).floor() as u32).max(1);
        let named = groups.len() > 1;
        // A few groups share the width.
        let share = (width + BETWEEN) / groups.len().max(1) as f64 - BETWEEN;
        let shared = if groups.len() <= FEW { (share / step).floor().max(1.0) as u32 } else { 1 };
        let (mut x, mut y, mut high) = (0.0, 0.0, 0.0_f64);
        let mut blocks = Vec::with_capacity(groups.len());
        for cells in groups.iter().copied() {
            let columns = if named { block(cells, step).max(shared).min(across) } else { across };
            let wide = f64::from(columns) * step;
            if x > 0.0 && x + wide > width {
                (x, y, high) = (0.0, y + high + BETWEEN, 0.0);
            }
            let top = if named { NAME_HEIGHT } else { 0.0 };
            blocks.push(GroupBlock { x, y: y + top, columns, cells });
            high = high.max(top + f64::from(cells.div_ceil(columns)) * step);
            x += wide + BETWEEN;
        }
        Self { step, blocks, height: y + high }
    }

    /// The cell at a position: the index of its group, and its index there; `None` between cells.
    pub fn at(&self, x: f64, y: f64) -> Option<(u32, u32)> {
        self.blocks.iter().zip(0..).find_map(|(block, group)| {
            let (column, row) = (((x - block.x) / self.step).floor(), ((y - block.y) / self.step).floor());
            if column < 0.0 || row < 0.0 || column >= f64::from(block.columns) {
                return None;
            }
            let number = (row as u32).saturating_mul(block.columns).saturating_add(column as u32);
            (number < block.cells).then_some((group, number))
        })
    }

    /// Upper left corner of a cell; `None` without such a group.
    pub fn place(&self, group: u32, number: u32) -> Option<(f64, f64)> {
        let block = self.blocks.get(group as usize)?;
        let (row, column) = (number / block.columns, number % block.columns);
        Some((block.x + f64::from(column) * self.step, block.y + f64::from(row) * self.step))
    }

    /// The cell that an arrow key leads to: sideways from group to group, up and down within one.
    pub fn next(&self, (group, number): (u32, u32), (right, down): (i64, i64)) -> Option<(u32, u32)> {
        let block = self.blocks.get(group as usize)?;
        let next = i64::from(number) + right + down * i64::from(block.columns);
        match u32::try_from(next) {
            Ok(next) if next < block.cells => Some((group, next)),
            Ok(_) if right > 0 => self.blocks.get(group as usize + 1).map(|_| (group + 1, 0)),
            Err(_) if right < 0 => {
                let before = group.checked_sub(1)?;
                Some((before, self.blocks.get(before as usize)?.cells.saturating_sub(1)))
            }
            _ => None,
        }
    }
}

/// A few cells are large, and 40,000 fit on a screen.
fn step(cells: u32) -> f64 {
    match cells {
        0..=200 => 20.0,
        201..=1200 => 14.0,
        1201..=4000 => 11.0,
        4001..=12_000 => 9.0,
        12_001..=25_000 => 7.0,
        _ => 5.0,
    }
}

/// Number of columns of a group's block: twice as wide as it is high, and wide enough for its name.
fn block(cells: u32, step: f64) -> u32 {
    let wide = (f64::from(cells) * 2.0).sqrt().ceil() as u32;
    wide.max((NARROW / step).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_group_fills_the_width() {
        let layout = Layout::of(&[100], 400.0);
        assert_eq!((layout.step, layout.height), (20.0, 100.0));
        assert_eq!(layout.blocks, [GroupBlock { x: 0.0, y: 0.0, columns: 20, cells: 100 }]);
        assert_eq!((layout.at(399.0, 99.0), layout.at(401.0, 5.0), layout.at(5.0, 101.0)), (Some((0, 99)), None, None));
    }

    #[test]
    fn every_cell_is_found_where_it_is() {
        for groups in [vec![1, 2, 3], vec![5000, 0, 40, 7], vec![40_000]] {
            let layout = Layout::of(&groups, 700.0);
            for (group, cells) in (0..).zip(groups) {
                for number in [0, cells / 2, cells.saturating_sub(1)].into_iter().filter(|number| *number < cells) {
                    let (x, y) = layout.place(group, number).unwrap();
                    assert_eq!(layout.at(x + 1.0, y + 1.0), Some((group, number)));
                    assert!(y + layout.step <= layout.height + 1e-6 && x + layout.step <= 700.0 + 1e-6);
                }
            }
        }
    }

    #[test]
    fn steps_go_from_group_to_group_and_end_at_the_ends() {
        let layout = Layout::of(&[3, 2], 400.0);
        assert_eq!(layout.next((0, 2), (1, 0)), Some((1, 0)));
        assert_eq!(layout.next((1, 0), (-1, 0)), Some((0, 2)));
        assert_eq!((layout.next((0, 0), (-1, 0)), layout.next((1, 1), (1, 0))), (None, None));
        assert_eq!(layout.next((0, 0), (0, 1)), None);
    }
}
