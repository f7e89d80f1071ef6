//! How figures are printed.

/// Prints a ratio of ours to a baseline, where more is better, and what it should be at least.
pub(crate) fn at_least(what: &str, ours: f64, baseline: f64, least: f64) {
    let ratio = ours / baseline;
    let verdict = if ratio >= least { "ok" } else { "MISSED" };
    println!("{what}: {ours:.0}/s against {baseline:.0}/s, ratio {ratio:.2} (at least {least:.2}: {verdict})");
}

/// Prints a ratio of ours to a baseline, where less is better, and what it should be at most.
pub(crate) fn at_most(what: &str, ours: f64, baseline: f64, most: f64) {
    let ratio = ours / baseline;
    let verdict = if ratio <= most { "ok" } else { "MISSED" };
    println!("{what}: {ours:.1} ms against {baseline:.1} ms, ratio {ratio:.2} (at most {most:.2}: {verdict})");
}

/// The middle one of some measurements.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value below which `part` (0 to 1) of the measurements lie.
pub(crate) fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = ((values.len().saturating_sub(1)) as f64 * part).round() as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}
