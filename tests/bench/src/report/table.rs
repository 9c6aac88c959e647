//! Columns that line up.

use crate::statistics::Spread;

/// A table with a head. The first column is text, the others are numbers and stand to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self {
            rows: vec![head.iter().map(ToString::to_string).collect()],
        }
    }

    pub(crate) fn add(&mut self, row: impl Into<Vec<String>>) {
        self.rows.push(row.into());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

/// A median with its spread, as `120 (110..150)`.
pub(crate) fn spread(spread: Option<Spread>, digits: usize) -> String {
    let Some(Spread { median, min, max }) = spread else {
        return "-".to_owned();
    };
    format!("{median:.digits$} ({min:.digits$}..{max:.digits$})")
}

#[cfg(test)]
mod tests {
    use super::{Spread, Table, spread};

    #[test]
    fn numbers_stand_to_the_right() {
        let mut table = Table::new(&["who", "how much"]);
        table.add(["longer name".to_owned(), "7".to_owned()]);
        assert_eq!(table.lines(), ["who          how much", "longer name         7"]);
    }

    #[test]
    fn a_spread_shows_what_lies_around_the_median() {
        let measured = Spread {
            median: 1.26,
            min: 1.0,
            max: 2.0,
        };
        assert_eq!(spread(Some(measured), 1), "1.3 (1.0..2.0)");
        assert_eq!(spread(None, 1), "-");
    }
}
