//! Reading a thread back: which part, and in which direction.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which part of a thread to read, and in which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[garde(allow_unvalidated)]
pub(crate) struct Span {
    /// Only messages with a smaller `seq`.
    pub(crate) before: Option<u64>,
    /// Only messages with a greater `seq`, oldest first; without it the newest come first.
    pub(crate) after: Option<u64>,
}

impl Span {
    /// Whether the page goes from the newest message to the oldest.
    pub(crate) fn newest_first(self) -> bool {
        self.after.is_none()
    }

    /// The numbers that are left to show, smallest and greatest, when the thread ends at `last_seq`
    /// and the page before ended with `shown`.
    pub(crate) fn left(self, last_seq: u64, shown: Option<u64>) -> Option<(u64, u64)> {
        let mut from = self.after.map_or(1, |after| after.saturating_add(1));
        let mut to = self.before.map_or(last_seq, |before| before.saturating_sub(1).min(last_seq));
        match shown {
            Some(shown) if self.newest_first() => to = to.min(shown.saturating_sub(1)),
            Some(shown) => from = from.max(shown.saturating_add(1)),
            None => {}
        }
        (from <= to).then_some((from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_span_that_holds_nothing_leaves_nothing() {
        let span = |before, after| Span { before, after };
        assert_eq!(span(None, None).left(0, None), None);
        assert_eq!(span(Some(1), None).left(9, None), None);
        assert_eq!(span(Some(0), None).left(9, None), None);
        assert_eq!(span(None, Some(9)).left(9, None), None);
        assert_eq!(span(Some(5), Some(4)).left(9, None), None);
        assert_eq!(span(None, Some(u64::MAX)).left(9, None), None);
    }

    proptest! {
        /// Pages of any size, in either direction, show every number of the span once and in order.
        #[test]
        fn pages_show_everything_once(
            last_seq in 0_u64..60,
            before in proptest::option::of(0_u64..70),
            after in proptest::option::of(0_u64..70),
            size in 1_usize..9,
        ) {
            let span = Span { before, after };
            let mut shown: Vec<u64> = Vec::new();
            while let Some((from, to)) = span.left(last_seq, shown.last().copied()) {
                let page: Vec<u64> = if span.newest_first() {
                    (from..=to).rev().take(size).collect()
                } else {
                    (from..=to).take(size).collect()
                };
                shown.extend(page);
            }
            let wanted = (1..=last_seq).filter(|seq| before.is_none_or(|before| *seq < before) && after.is_none_or(|after| *seq > after));
            let mut wanted: Vec<u64> = wanted.collect();
            if span.newest_first() {
                wanted.reverse();
            }
            prop_assert_eq!(shown, wanted);
        }
    }
}
