//! What is counted of a group, row by row.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use sketches_ddsketch::{Config, DDSketch};

use crate::definitions::{Function, Measure};
use crate::values::{Kind, Value};

/// The relative error of percentiles.
const ACCURACY: f64 = 0.01;
/// Bins of a percentile's sketch: values from 1e-9 to 1e9 keep the accuracy.
const MOST_BINS: u32 = 2048;
/// The smallest value that a sketch tells from 0.
const SMALLEST: f64 = 1e-9;

/// Bytes of a percentile's sketch, at most.
const SKETCH: usize = 20_000;
/// Bytes of a value that is told apart, with what a set has besides.
const DISTINCT: usize = 64;

/// One measure of one group.
pub(super) enum Accumulator {
    Count(i64),
    Whole(i128),
    Sum(Sum),
    Average(Sum, u64),
    Least(Value),
    Greatest(Value),
    /// By hashes of 64 bits: two values in a million million collide.
    Distinct(HashSet<u64>),
    Percentile(Box<DDSketch>),
}

/// A sum of many numbers whose error does not grow with them (Neumaier).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, number: f64) {
        let sum = self.sum + number;
        self.lost += if self.sum.abs() >= number.abs() { (self.sum - sum) + number } else { (number - sum) + self.sum };
        self.sum = sum;
    }

    fn total(self) -> f64 {
        self.sum + self.lost
    }
}

impl Accumulator {
    pub(super) fn new(measure: &Measure) -> Self {
        match (measure.function, measure.kind) {
            (Function::Count, _) => Self::Count(0),
            (Function::Sum, Kind::Integer) => Self::Whole(0),
            (Function::Sum, _) => Self::Sum(Sum::default()),
            (Function::Avg, _) => Self::Average(Sum::default(), 0),
            (Function::Min, _) => Self::Least(Value::Null),
            (Function::Max, _) => Self::Greatest(Value::Null),
            (Function::Distinct, _) => Self::Distinct(HashSet::new()),
            (Function::Percentile, _) => {
                Self::Percentile(Box::new(DDSketch::new(Config::new(ACCURACY, MOST_BINS, SMALLEST))))
            }
        }
    }

    /// Bytes of memory that one takes at the beginning, about.
    pub(super) fn weight(measure: &Measure) -> usize {
        if measure.function == Function::Percentile { SKETCH } else { std::mem::size_of::<Self>() }
    }

    /// Counts a row's value; says by how many bytes it has grown, about.
    pub(super) fn add(&mut self, value: Option<&Value>) -> usize {
        let Some(value) = value else {
            if let Self::Count(count) = self {
                *count += 1;
            }
            return 0;
        };
        if value.is_null() {
            return 0;
        }
        match self {
            Self::Count(count) => *count += 1,
            Self::Whole(sum) => *sum += if let Value::Integer(number) = value { i128::from(*number) } else { 0 },
            Self::Sum(sum) => sum.add(value.as_number().unwrap_or_default()),
            Self::Average(sum, count) => {
                sum.add(value.as_number().unwrap_or_default());
                *count += 1;
            }
            Self::Least(least) => {
                if least.is_null() || value < least {
                    *least = value.clone();
                    return value.weight();
                }
            }
            Self::Greatest(greatest) => {
                if greatest.is_null() || value > greatest {
                    *greatest = value.clone();
                    return value.weight();
                }
            }
            Self::Distinct(seen) => {
                let mut hasher = DefaultHasher::new();
                value.hash(&mut hasher);
                return if seen.insert(hasher.finish()) { DISTINCT } else { 0 };
            }
            Self::Percentile(sketch) => {
                if let Some(number) = value.as_number() {
                    sketch.add(number);
                }
            }
        }
        0
    }

    /// What it is at the end.
    #[expect(clippy::cast_precision_loss, reason = "an average of more than 2^53 rows")]
    pub(super) fn value(&self, measure: &Measure) -> Value {
        match self {
            Self::Count(count) => Value::Integer(*count),
            Self::Whole(sum) => i64::try_from(*sum).map_or(Value::Null, Value::Integer),
            Self::Sum(sum) => Value::number(sum.total()),
            Self::Average(_, 0) => Value::Null,
            Self::Average(sum, count) => Value::number(sum.total() / *count as f64),
            Self::Least(value) | Self::Greatest(value) => value.clone(),
            Self::Distinct(seen) => Value::Integer(i64::try_from(seen.len()).unwrap_or(i64::MAX)),
            Self::Percentile(sketch) => {
                let found = sketch.quantile(measure.quantile).ok().flatten();
                found.map_or(Value::Null, Value::number)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn result(function: Function, kind: Kind, quantile: f64, values: &[Value]) -> Value {
        let measure = Measure { function, input: Some(0), kind, quantile };
        let mut accumulator = Accumulator::new(&measure);
        for value in values {
            accumulator.add(Some(value));
        }
        accumulator.value(&measure)
    }

    #[test]
    fn what_is_nothing_does_not_count() {
        let values = [Value::Integer(3), Value::Null, Value::Integer(3), Value::Integer(-1)];
        let of = |function| result(function, Kind::Integer, 0.5, &values);
        assert_eq!(of(Function::Count), Value::Integer(3));
        assert_eq!(of(Function::Sum), Value::Integer(5));
        assert_eq!(of(Function::Avg), Value::Number(5.0 / 3.0));
        assert_eq!((of(Function::Min), of(Function::Max)), (Value::Integer(-1), Value::Integer(3)));
        assert_eq!(of(Function::Distinct), Value::Integer(2));
        let none = |function| result(function, Kind::Number, 0.5, &[Value::Null]);
        assert_eq!((none(Function::Avg), none(Function::Min)), (Value::Null, Value::Null));
        assert_eq!((none(Function::Sum), none(Function::Percentile)), (Value::Number(0.0), Value::Null));
    }

    #[test]
    fn sums_keep_what_is_small_and_tell_what_does_not_fit() {
        let values = [Value::Number(1e16), Value::Number(1.0), Value::Number(-1e16)];
        assert_eq!(result(Function::Sum, Kind::Number, 0.5, &values), Value::Number(1.0));
        assert_eq!(
            result(Function::Sum, Kind::Integer, 0.5, &[Value::Integer(i64::MAX), Value::Integer(1)]),
            Value::Null
        );
    }

    proptest! {
        #[test]
        fn percentiles_are_within_one_percent(mut numbers in prop::collection::vec(0.001_f64..1e6, 1..400), quantile in 0.0_f64..=1.0) {
            let values: Vec<Value> = numbers.iter().map(|number| Value::Number(*number)).collect();
            let found = result(Function::Percentile, Kind::Number, quantile, &values).as_number().unwrap();
            numbers.sort_by(f64::total_cmp);
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
            let at = |round: fn(f64) -> f64| numbers[round(quantile * (numbers.len() - 1) as f64) as usize];
            let (low, high) = (at(f64::floor), at(f64::ceil));
            prop_assert!(found >= low * 0.985 && found <= high * 1.015, "{found} is not in {low}..{high}");
        }
    }
}
