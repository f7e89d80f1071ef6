//! What expressions can use: numbers, texts, conditions, moments; no loops, no variables of their own, no input or output.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rhai::packages::{ArithmeticPackage, BasicMathPackage, BasicStringPackage, LogicPackage, Package};
use rhai::{Engine, ImmutableString};

/// Characters of texts that are computed on the way.
const LONGEST_TEXT: usize = 8000;
/// Nested parts of an expression.
const DEEPEST: usize = 32;
/// Steps for one row.
const STEPS: u64 = 1000;

/// Every function that there is.
pub(super) const FUNCTIONS: [&str; 38] = [
    "abs",
    "sign",
    "min",
    "max",
    "round",
    "floor",
    "ceiling",
    "int",
    "fraction",
    "sqrt",
    "exp",
    "ln",
    "log",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "to_int",
    "to_float",
    "upper",
    "lower",
    "trim",
    "length",
    "contains",
    "starts_with",
    "ends_with",
    "part",
    "year",
    "month",
    "day",
    "hour",
    "weekday",
    "date",
    "PI",
    "E",
    "to_string",
];
/// What may stand before a bracket besides.
pub(super) const KEYWORDS: [&str; 4] = ["if", "else", "switch", "in"];

/// A moment within an expression.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) millis: i64,
    pub(super) zone: TimeZone,
}

impl Moment {
    fn zoned(&self) -> Zoned {
        Timestamp::from_millisecond(self.millis).unwrap_or_default().to_zoned(self.zone.clone())
    }
}

/// The one that evaluates all expressions.
pub(super) static ENGINE: LazyLock<Engine> = LazyLock::new(engine);

fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    for package in [
        ArithmeticPackage::new().as_shared_module(),
        BasicMathPackage::new().as_shared_module(),
        BasicStringPackage::new().as_shared_module(),
        LogicPackage::new().as_shared_module(),
    ] {
        engine.register_global_module(package);
    }
    engine
        .set_strict_variables(true)
        .set_fast_operators(false)
        .set_allow_looping(false)
        .set_allow_shadowing(false)
        .set_max_expr_depths(DEEPEST)
        .set_max_operations(STEPS)
        .set_max_string_size(LONGEST_TEXT);
    for forbidden in ["eval", "print", "debug", "import", "export", "fn", "while", "loop", "for", "do", "let", "const"]
    {
        engine.disable_symbol(forbidden);
    }
    numbers(&mut engine);
    texts(&mut engine);
    moments(&mut engine);
    engine
}

#[expect(clippy::cast_precision_loss, reason = "a quotient is not whole")]
fn numbers(engine: &mut Engine) {
    engine.register_fn("/", |a: i64, b: i64| a as f64 / b as f64);
    engine.register_fn("round", |number: f64, digits: i64| {
        let scale = 10_f64.powi(i32::try_from(digits.clamp(0, 12)).unwrap_or(0));
        (number * scale).round() / scale
    });
    engine.register_fn("round", |number: i64, _digits: i64| number);
}

fn texts(engine: &mut Engine) {
    engine.register_fn("+", |text: &str, number: i64| format!("{text}{number}"));
    engine.register_fn("+", |number: i64, text: &str| format!("{number}{text}"));
    engine.register_fn("+", |text: &str, number: f64| format!("{text}{number}"));
    engine.register_fn("+", |number: f64, text: &str| format!("{number}{text}"));
    engine.register_fn("upper", |text: &str| text.to_uppercase());
    engine.register_fn("lower", |text: &str| text.to_lowercase());
    engine.register_fn("trim", |text: &str| text.trim().to_owned());
    engine.register_fn("length", |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
    engine.register_fn("contains", |text: &str, part: &str| text.contains(part));
    engine.register_fn("starts_with", |text: &str, part: &str| text.starts_with(part));
    engine.register_fn("ends_with", |text: &str, part: &str| text.ends_with(part));
    engine.register_fn("part", |text: &str, from: i64, length: i64| {
        let bound = |number: i64| usize::try_from(number).unwrap_or(0);
        text.chars().skip(bound(from)).take(bound(length)).collect::<String>()
    });
}

fn moments(engine: &mut Engine) {
    engine.register_type_with_name::<Moment>("moment");
    engine.register_fn("year", |at: Moment| i64::from(at.zoned().year()));
    engine.register_fn("month", |at: Moment| i64::from(at.zoned().month()));
    engine.register_fn("day", |at: Moment| i64::from(at.zoned().day()));
    engine.register_fn("hour", |at: Moment| i64::from(at.zoned().hour()));
    engine.register_fn("weekday", |at: Moment| i64::from(at.zoned().weekday().to_monday_one_offset()));
    engine.register_fn("date", |at: Moment| ImmutableString::from(at.zoned().date().to_string()));
    #[expect(clippy::cast_precision_loss, reason = "seconds with milliseconds fit")]
    engine.register_fn("-", |a: Moment, b: Moment| a.millis.saturating_sub(b.millis) as f64 / 1000.0);
    engine.register_fn("==", |a: Moment, b: Moment| a.millis == b.millis);
    engine.register_fn("!=", |a: Moment, b: Moment| a.millis != b.millis);
    engine.register_fn("<", |a: Moment, b: Moment| a.millis < b.millis);
    engine.register_fn("<=", |a: Moment, b: Moment| a.millis <= b.millis);
    engine.register_fn(">", |a: Moment, b: Moment| a.millis > b.millis);
    engine.register_fn(">=", |a: Moment, b: Moment| a.millis >= b.millis);
}
