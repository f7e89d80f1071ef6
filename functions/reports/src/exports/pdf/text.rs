//! Values as texts that can stand on a page.

use jiff::tz::TimeZone;
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::{Fonts, Weight};
use crate::values::Value;

/// Where a line may be broken.
const BREAK: char = '\u{200B}';
/// Ems that a line may become longer than its letters are.
const SLACK: f64 = 0.2;
/// In place of what has no shape.
const SHAPELESS: char = '\u{FFFD}';
/// Numbers from here on, and those below one of so many parts, are written with an exponent.
const LARGE: f64 = 1e15;
const SMALL: f64 = 1e-6;

/// A value as it is read: numbers to twelve digits, moments to the second in the zone, nothing as nothing.
pub(super) fn shown(value: &Value, zone: &TimeZone) -> String {
    match value {
        Value::Text(text) => clean(text),
        Value::Number(value) => number(*value),
        Value::Time(_) => {
            let time = value.as_time().map(|time| time.to_zoned(zone.clone()));
            time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
        }
        Value::Null | Value::Boolean(_) | Value::Integer(_) => value.shown().to_string(),
    }
}

/// A number to twelve digits: `0.3`, and not `0.30000000000000004`.
pub(super) fn number(number: f64) -> String {
    let rounded: f64 = format!("{number:.11e}").parse().unwrap_or(number);
    let is_plain = rounded == 0.0 || (SMALL..LARGE).contains(&rounded.abs());
    // Neither `-0`.
    if is_plain { format!("{}", rounded + 0.0) } else { format!("{rounded:e}") }
}

/// A text without what has no shape. Its lines end with `\n`, whatever they ended with.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\t' => clean.push(' '),
            _ if letter.is_control() || is_no_character(letter) => clean.push(SHAPELESS),
            _ => clean.push(letter),
        }
    }
    clean
}

/// Code points that Unicode keeps free of characters.
fn is_no_character(letter: char) -> bool {
    matches!(letter, '\u{FDD0}'..='\u{FDEF}') || u32::from(letter) & 0xFFFE == 0xFFFE
}

/// A text on one line of at most so many ems.
pub(super) fn short(text: &str, weight: Weight, width: f64) -> String {
    let line = clean(text).replace('\n', " ");
    let fonts = Fonts::get();
    if fonts.width(weight, &line) <= width {
        return line;
    }
    let (mut short, mut room) = (String::new(), width - 1.0);
    for letter in line.graphemes(true) {
        room -= fonts.width(weight, letter);
        if room < 0.0 {
            break;
        }
        short.push_str(letter);
    }
    short + "…"
}

/// A text whose words can be broken where they would not fit into so many ems.
pub(super) fn breakable(text: &str, weight: Weight, width: f64) -> String {
    let fonts = Fonts::get();
    let mut breakable = String::with_capacity(text.len());
    for piece in text.split_inclusive([' ', '\n', '-']) {
        if fonts.width(weight, piece.trim_end()) <= width {
            breakable.push_str(piece);
            continue;
        }
        let mut room = width - SLACK;
        for letter in piece.graphemes(true) {
            let taken = fonts.width(weight, letter);
            if taken > room && !letter.trim().is_empty() {
                breakable.push(BREAK);
                room = width - SLACK;
            }
            room -= taken;
            breakable.push_str(letter);
        }
    }
    breakable
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_short_and_whole_ones_stay() {
        for (value, wanted) in [
            (0.1 + 0.2, "0.3"),
            (833_333.333_333_333_4, "833333.333333"),
            (-0.0, "0"),
            (10.5, "10.5"),
            (1e15, "1e15"),
            (-2.5e-9, "-2.5e-9"),
            (1e300, "1e300"),
            (123_456_789_012.0, "123456789012"),
        ] {
            assert_eq!(number(value), wanted);
        }
    }

    #[test]
    fn what_has_no_shape_is_marked() {
        assert_eq!(clean("a\0b\r\nc\td\u{7}\u{FFFF}"), "a\u{FFFD}b\nc d\u{FFFD}\u{FFFD}");
        assert_eq!(short("a\nbcdef", Weight::Regular, 2.5), "a b…");
        assert_eq!(short("a\nb", Weight::Regular, 2.5), "a b");
    }

    #[test]
    fn long_words_are_broken_where_a_line_is_full() {
        let broken = breakable(&"x".repeat(100), Weight::Regular, 20.0);
        let lines: Vec<&str> = broken.split(BREAK).collect();
        assert!((3..6).contains(&lines.len()), "{lines:?}");
        assert!(lines.iter().all(|line| Fonts::get().width(Weight::Regular, line) <= 20.0));
        assert_eq!(breakable("short words stay", Weight::Regular, 20.0), "short words stay");
    }

    proptest! {
        #[test]
        fn only_breaks_are_added(text in ".{0,80}", width in 0.5..20.0) {
            prop_assert_eq!(breakable(&text, Weight::Regular, width).replace(BREAK, ""), text.replace(BREAK, ""));
        }
    }
}
