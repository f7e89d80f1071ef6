//! How figures are printed.

/// One round: ours, then the baseline right before or after it, so that what disturbs the machine
/// for longer than a round disturbs both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) ours: f64,
    pub(crate) baseline: f64,
}

/// Prints the ratio of ours to the baseline in requests a second, and what it should be at least.
pub(crate) fn at_least(what: &str, rounds: &[Pair], least: f64) {
    let (ours, baseline, ratio) = medians(rounds);
    let verdict = if ratio >= least { "ok" } else { "MISSED" };
    println!("{what}: {ours:.0}/s against {baseline:.0}/s, ratio {ratio:.2} (at least {least:.2}: {verdict})");
}

/// Prints the ratio of ours to the baseline in milliseconds, and what it should be at most.
pub(crate) fn at_most(what: &str, rounds: &[Pair], most: f64) {
    at_most_of(what, "ms", rounds, most);
}

/// The same in another unit.
pub(crate) fn at_most_of(what: &str, unit: &str, rounds: &[Pair], most: f64) {
    let (ours, baseline, ratio) = medians(rounds);
    let verdict = if ratio <= most { "ok" } else { "MISSED" };
    println!("{what}: {ours:.1} {unit} against {baseline:.1} {unit}, ratio {ratio:.2} (at most {most:.2}: {verdict})");
}

/// Prints the ratio of ours to the baseline, which has no bound.
pub(crate) fn compare(what: &str, unit: &str, rounds: &[Pair]) {
    let (ours, baseline, ratio) = medians(rounds);
    println!("{what}: {ours:.2} {unit} against {baseline:.2} {unit}, ratio {ratio:.2}");
}

/// The medians of ours, of the baseline, and of the rounds' ratios.
fn medians(rounds: &[Pair]) -> (f64, f64, f64) {
    let of = |part: fn(&Pair) -> f64| median(rounds.iter().map(part).collect());
    (of(|pair| pair.ours), of(|pair| pair.baseline), of(|pair| pair.ours / pair.baseline))
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
