//! How wide columns are, and on which paper they find room.

use super::fonts::{Fonts, Weight};

/// Points of the empty border left and right of the table.
pub(super) const MARGIN: f64 = 40.0;
/// Ems left and right of each cell's text.
pub(super) const INSET: f64 = 0.6;
/// Ems that a column's text is given at most, if there is no room for more.
const COMFORTABLE: f64 = 16.0;
/// Ems that it can be squeezed into.
const NEEDED: f64 = 8.0;
/// Ems of the longest texts that make a column wider.
const WIDEST: f64 = 40.0;
/// Ems of an empty column.
const NARROWEST: f64 = 2.0;
/// Ems from line to line, and what is lost where words do not fill them.
const LINE: f64 = 1.5;
/// Points of a page above and below the table, with its header.
const FRAME: f64 = 120.0;
/// What letters move together or apart, in ems.
const SLACK: f64 = 0.3;

/// A size of paper, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Paper {
    pub(super) width: f64,
    pub(super) height: f64,
}

const A4: Paper = Paper { width: 595.28, height: 841.89 };
pub(super) const A4_LANDSCAPE: Paper = Paper { width: 841.89, height: 595.28 };
const A3_LANDSCAPE: Paper = Paper { width: 1190.55, height: 841.89 };

/// Papers (ISO 216) with the size of letters, and whether columns are comfortable there: the first that they fit on is
/// taken, and else one that is as high as the last, and as wide as they need.
const PAPERS: [(Paper, f64, bool); 7] = [
    (A4, 9.0, true),
    (A4, 8.0, true),
    (A4_LANDSCAPE, 9.0, true),
    (A4_LANDSCAPE, 8.0, true),
    (A4_LANDSCAPE, 7.0, true),
    (A4_LANDSCAPE, 7.0, false),
    (A3_LANDSCAPE, 7.0, false),
];

/// What is known of a column's texts.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// Of the longest line, in ems.
    longest: f64,
    /// Whether its texts should stay on one line: numbers, moments.
    stays_whole: bool,
}

/// How everything is placed.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) paper: Paper,
    /// Of letters, in points.
    pub(super) size: f64,
    /// Of columns, in points.
    pub(super) widths: Vec<f64>,
}

impl Measured {
    pub(super) fn of(label: &str, stays_whole: bool) -> Self {
        let words = label.split_whitespace().map(|word| Fonts::get().width(Weight::Bold, word));
        Self { longest: words.fold(NARROWEST, f64::max).min(NEEDED), stays_whole }
    }

    pub(super) fn add(&mut self, weight: Weight, text: &str) {
        let widths = text.lines().map(|line| Fonts::get().width(weight, line));
        self.longest = widths.fold(self.longest, f64::max).min(WIDEST);
    }

    fn wanted(&self) -> f64 {
        self.longest + SLACK
    }

    fn least(&self, is_comfortable: bool) -> f64 {
        let most = if is_comfortable { COMFORTABLE } else { NEEDED };
        self.wanted().min(if self.stays_whole { COMFORTABLE } else { most })
    }
}

impl Placed {
    pub(super) fn of(columns: &[Measured]) -> Self {
        let least = |size: f64, is_comfortable: bool| -> Vec<f64> {
            columns.iter().map(|column| (column.least(is_comfortable) + 2.0 * INSET) * size).collect()
        };
        let taken = |size: f64, is_comfortable: bool| taken_by(&least(size, is_comfortable));
        let fits = |(paper, size, is_comfortable): &(Paper, f64, bool)| taken(*size, *is_comfortable) <= paper.width;
        let [.., (largest, size, is_comfortable)] = PAPERS;
        let strip = (Paper { width: taken(size, is_comfortable), ..largest }, size, is_comfortable);
        let (paper, size, is_comfortable) = PAPERS.into_iter().find(fits).unwrap_or(strip);
        // First everybody gets what he wants, then what is left is shared.
        let least = least(size, is_comfortable);
        let lacking = columns.iter().map(|column| (column.wanted() - column.least(is_comfortable)) * size);
        let lacking: Vec<f64> = lacking.collect();
        let (spare, lack) = (paper.width - taken_by(&least), lacking.iter().sum::<f64>());
        let given = if lack > 0.0 { (spare / lack).clamp(0.0, 1.0) } else { 0.0 };
        let widths: Vec<f64> = least.iter().zip(&lacking).map(|(least, lack)| least + lack * given).collect();
        let stretched = (paper.width - 2.0 * MARGIN) / widths.iter().sum::<f64>();
        Self { paper, size, widths: widths.into_iter().map(|width| width * stretched).collect() }
    }

    /// In how many pieces the cells of a row are set, about: in as many as there are pages that the row goes over.
    pub(super) fn pieces(&self, row: &[String]) -> f64 {
        let lines = |(column, text): (usize, &String)| -> f64 {
            let room = self.room(column);
            text.lines().map(|line| (Fonts::get().width(Weight::Regular, line) / room).ceil().max(1.0)).sum()
        };
        let height = row.iter().enumerate().map(lines).fold(1.0, f64::max) * LINE * self.size;
        let pages = height / (self.paper.height - FRAME);
        let cells = row.iter().map(|_| 1.0).sum::<f64>();
        if pages < 0.5 { cells } else { cells * (pages.floor() + 2.0) }
    }

    /// Ems that a column's text has room in.
    pub(super) fn room(&self, column: usize) -> f64 {
        self.widths.get(column).map_or(NARROWEST, |width| width / self.size - 2.0 * INSET)
    }
}

/// Points of a page with columns that are so wide.
fn taken_by(widths: &[f64]) -> f64 {
    widths.iter().sum::<f64>() + 2.0 * MARGIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn columns(widths: &[(f64, bool)]) -> Vec<Measured> {
        widths.iter().map(|(longest, stays_whole)| Measured { longest: *longest, stays_whole: *stays_whole }).collect()
    }

    #[test]
    fn more_columns_take_larger_paper() {
        let paper = |count: usize| Placed::of(&columns(&vec![(10.0, true); count])).paper;
        assert_eq!([paper(1), paper(5), paper(8), paper(13)], [A4, A4, A4_LANDSCAPE, A3_LANDSCAPE]);
        let wide = paper(100);
        assert!((5000.0..14_400.0).contains(&wide.width), "{wide:?}: Acrobat shows no wider pages");
    }

    #[test]
    fn rows_that_go_over_pages_have_more_pieces() {
        let placed = Placed::of(&columns(&[(10.0, true), (10.0, false)]));
        let pieces = |lines: usize| placed.pieces(&["a".to_owned(), "b\n".repeat(lines)]);
        assert!([pieces(1), pieces(10)].iter().all(|pieces| (pieces - 2.0).abs() < 0.1));
        assert!(pieces(200) > 2.0 * 4.0 && pieces(200) < 2.0 * 8.0, "{}", pieces(200));
    }

    proptest! {
        #[test]
        fn all_columns_fit(widths in prop::collection::vec((2.0..40.0_f64, any::<bool>()), 1..=100)) {
            let placed = Placed::of(&columns(&widths));
            let sum: f64 = placed.widths.iter().sum();
            prop_assert!((sum + 2.0 * MARGIN - placed.paper.width).abs() < 0.01);
            prop_assert!((0..widths.len()).all(|column| placed.room(column) >= NARROWEST));
            prop_assert!(placed.paper.width < 14_400.0);
        }
    }
}
