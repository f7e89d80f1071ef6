//! Pages of short lists that are read whole.

use shared::http::Pager;

/// The page of a list, and where the next one begins.
pub(crate) fn slice<T>(all: Vec<T>, pager: &Pager<usize>) -> (Vec<T>, Option<usize>) {
    let (start, limit) = (pager.start().copied().unwrap_or(0), usize::try_from(pager.limit()).unwrap_or(usize::MAX));
    let end = start.saturating_add(limit);
    let next = (all.len() > end).then_some(end);
    (all.into_iter().skip(start).take(limit).collect(), next)
}
