//! Expressions of computed columns.

use std::sync::Arc;

use jiff::tz::TimeZone;
use rhai::{AST, Dynamic, ImmutableString, Scope};

use super::functions::{ENGINE, FUNCTIONS, KEYWORDS, Moment};
use crate::values::{Kind, Value};

/// An expression, ready to be computed of rows.
#[derive(Clone, Debug)]
pub(crate) struct Formula {
    ast: Arc<AST>,
    /// Names that it uses, with where their values stand.
    variables: Vec<(String, usize)>,
    constants: Vec<(String, Value)>,
    kind: Kind,
    zone: TimeZone,
}

impl Formula {
    /// Reads an expression over these columns (by their places) and constants.
    ///
    /// # Errors
    /// Why it is none, for whoever wrote it.
    pub(crate) fn new(
        text: &str,
        kind: Kind,
        columns: impl Iterator<Item = (String, usize)>,
        constants: impl Iterator<Item = (String, Value)>,
        zone: &TimeZone,
    ) -> Result<Self, String> {
        if let Some(unknown) = unknown_function(text) {
            return Err(format!("there is no function {unknown}"));
        }
        let used: Vec<&str> = names_in(text).collect();
        let variables: Vec<(String, usize)> = columns.filter(|(name, _)| used.contains(&name.as_str())).collect();
        let constants: Vec<(String, Value)> = constants.filter(|(name, _)| used.contains(&name.as_str())).collect();
        let mut scope = Scope::new();
        for name in variables.iter().map(|(name, _)| name).chain(constants.iter().map(|(name, _)| name)) {
            // Not constants: those would be computed once and for all.
            scope.push_dynamic(name.as_str(), Dynamic::UNIT);
        }
        let ast = ENGINE.compile_expression_with_scope(&scope, text).map_err(|error| error.to_string())?;
        Ok(Self { ast: Arc::new(ast), variables, constants, kind, zone: zone.clone() })
    }

    /// The value for a row; nothing if it cannot be computed.
    pub(crate) fn compute(&self, row: &[Value]) -> Value {
        let mut scope = Scope::new();
        for (name, place) in &self.variables {
            scope.push_constant_dynamic(name.as_str(), self.dynamic(row.get(*place).unwrap_or(&Value::Null)));
        }
        for (name, value) in &self.constants {
            scope.push_constant_dynamic(name.as_str(), self.dynamic(value));
        }
        let result: Result<Dynamic, _> = ENGINE.eval_ast_with_scope(&mut scope, &self.ast);
        result.map_or(Value::Null, |result| self.value(result))
    }

    fn dynamic(&self, value: &Value) -> Dynamic {
        match value {
            Value::Null => Dynamic::UNIT,
            Value::Boolean(is) => Dynamic::from_bool(*is),
            Value::Integer(number) => Dynamic::from_int(*number),
            Value::Number(number) => Dynamic::from_float(*number),
            Value::Text(text) => Dynamic::from(ImmutableString::from(text.as_str())),
            Value::Time(millis) => Dynamic::from(Moment { millis: *millis, zone: self.zone.clone() }),
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "only what is whole and fits")]
    fn value(&self, result: Dynamic) -> Value {
        let (integer, float) = (result.as_int().ok(), result.as_float().ok());
        match self.kind {
            Kind::Integer => match (integer, float) {
                (Some(number), _) => Value::Integer(number),
                (_, Some(number)) if number.fract() == 0.0 && number.abs() < 9e15 => Value::Integer(number as i64),
                _ => Value::Null,
            },
            Kind::Number => match (integer, float) {
                (Some(number), _) => Value::Number(number as f64),
                (_, Some(number)) => Value::number(number),
                _ => Value::Null,
            },
            Kind::Boolean => result.as_bool().map_or(Value::Null, Value::Boolean),
            Kind::Timestamp => result.try_cast::<Moment>().map_or(Value::Null, |moment| Value::time(moment.millis)),
            Kind::Text | Kind::User if result.is_unit() => Value::Null,
            Kind::Text | Kind::User if float.is_some_and(|number| !number.is_finite()) => Value::Null,
            Kind::Text | Kind::User => {
                let text = serde_json::Value::String(result.to_string());
                self.kind.read(&text).unwrap_or(Value::Null)
            }
        }
    }
}

/// The first function that is called and is none of those that there are.
fn unknown_function(text: &str) -> Option<String> {
    let text = without_texts(text);
    if text.contains('`') {
        return Some("`".to_owned());
    }
    let names = text.match_indices('(').filter_map(|(at, _)| {
        let before = text[..at].trim_end();
        let start =
            before.rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').map_or(0, |at| at + 1);
        before.get(start..).filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
    });
    names.into_iter().find(|name| !FUNCTIONS.contains(name) && !KEYWORDS.contains(name)).map(str::to_owned)
}

/// An expression without what stands in double quotes.
fn without_texts(text: &str) -> String {
    let (mut outside, mut in_text, mut escaped) = (String::with_capacity(text.len()), false, false);
    for letter in text.chars() {
        let is_quote = letter == '"' && !escaped;
        escaped = in_text && letter == '\\' && !escaped;
        if is_quote {
            in_text = !in_text;
        }
        outside.push(if in_text || is_quote || !letter.is_ascii() { ' ' } else { letter });
    }
    outside
}

/// Words of an expression that may be names.
pub(crate) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compute(text: &str, kind: Kind) -> Result<Value, String> {
        let row = [
            Value::Integer(7),
            Value::Number(2.5),
            Value::Text("Jazz".to_owned()),
            Value::Null,
            Value::time(1_782_864_000_000),
            Value::Boolean(true),
        ];
        let names = ["seven", "half", "name", "nothing", "at", "yes"];
        let columns = names.iter().enumerate().map(|(place, name)| ((*name).to_owned(), place));
        let constants = [("limit".to_owned(), Value::Integer(5))].into_iter();
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        Formula::new(text, kind, columns, constants, &zone).map(|formula| formula.compute(&row))
    }

    #[test]
    fn expressions_compute() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (expression, kind, value) in [
            ("seven / 2", Kind::Number, Value::Number(3.5)),
            ("seven / 0", Kind::Number, Value::Null),
            ("1.0 / 0.0", Kind::Text, Value::Null),
            ("\"\\\"sleep(1)\" + (seven)", Kind::Text, text("\"sleep(1)7")),
            ("seven * half + limit", Kind::Number, Value::Number(22.5)),
            ("round(seven / 3, 2)", Kind::Number, Value::Number(2.33)),
            ("floor(half) + ceiling(half) + abs(-half) + sqrt(16.0)", Kind::Number, Value::Number(11.5)),
            ("min(seven, 3) + max(seven, 3) + to_int(half)", Kind::Integer, Value::Integer(12)),
            ("switch seven { 7 => \"lucky\", _ => \"none\" }", Kind::Text, text("lucky")),
            ("to_float(seven) / half", Kind::Number, Value::Number(2.8)),
            ("seven % 2", Kind::Integer, Value::Integer(1)),
            ("half * 2", Kind::Integer, Value::Integer(5)),
            ("half", Kind::Integer, Value::Null),
            ("9223372036854775807 + seven", Kind::Integer, Value::Null),
            ("nothing ?? seven", Kind::Integer, Value::Integer(7)),
            ("nothing + 1", Kind::Integer, Value::Null),
            ("if seven > limit && yes { upper(name) } else { \"few\" }", Kind::Text, text("JAZZ")),
            ("name + \" \" + seven", Kind::Text, text("Jazz 7")),
            ("part(name, 1, 2)", Kind::Text, text("az")),
            ("part(name, -1, -5)", Kind::Text, text("")),
            ("contains(name, \"azz\")", Kind::Boolean, Value::Boolean(true)),
            ("nothing == ()", Kind::Boolean, Value::Boolean(true)),
            ("date(at) + \" \" + hour(at) + \" \" + weekday(at)", Kind::Text, text("2026-07-01 2 3")),
            ("at", Kind::Timestamp, Value::time(1_782_864_000_000)),
            ("(at - at) == 0.0", Kind::Boolean, Value::Boolean(true)),
        ] {
            assert_eq!(compute(expression, kind).map(|found| (found, expression)), Ok((value, expression)));
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let deep = format!("{}1{}", "(".repeat(40), ")".repeat(40));
        for text in [
            "",
            "unknown + 1",
            "seven = 3",
            "let x = 1; x",
            "while true { }",
            "loop { }",
            "for x in 0..9 { }",
            "eval(\"1\")",
            "print(seven)",
            "debug(seven)",
            "fn f() { 1 }",
            "import \"a\"",
            "seven seven",
            "sleep(1)",
            "Fn(\"abs\")",
            "type_of(seven)",
            "is_def_var(\"seven\")",
            "`a${seven}`",
            "eval (\"1\")",
            "{ 1; 2 }; 3",
            "() => 1",
            &deep,
        ] {
            assert!(compute(text, Kind::Text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_expression_has_a_budget() {
        let long = (0..400).map(|_| "seven").collect::<Vec<_>>().join("+");
        assert!(matches!(compute(&long, Kind::Integer), Ok(Value::Null) | Err(_)));
        let doubled = "name+name+name+name+name+name+name+name";
        let big = format!("length({doubled}+{doubled}+{doubled}) > 3");
        assert_eq!(compute(&big, Kind::Boolean), Ok(Value::Boolean(true)));
    }

    proptest! {
        #[test]
        fn any_text_is_an_expression_or_none(text in ".{0,80}") {
            let _ = compute(&text, Kind::Text);
        }

        #[test]
        fn what_looks_like_one_does_not_panic(text in "(seven|half|name|at|nothing|[-+*/%<>=!&|(){}?.,\"0-9]| ){0,25}") {
            let _ = compute(&text, Kind::Number);
        }
    }
}
