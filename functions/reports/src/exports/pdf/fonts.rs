//! The fonts that are built in, and how wide their letters are.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::layout::{Abs, Em};
use typst::text::{Font, FontBook, FontInstance, FontVariations};
use typst::utils::LazyHash;

/// Ems of a letter that no font has: as wide as the widest.
const UNKNOWN: f64 = 1.0;

static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::load);

/// `DejaVu` Sans Condensed: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic, Hebrew, symbols and some more; neither
/// Chinese, Japanese and Korean, nor the scripts of India.
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) all: Vec<Font>,
    regular: Advances,
    bold: Advances,
}

/// How far letters of one font advance, in ems.
struct Advances {
    font: Option<FontInstance>,
    ascii: [f64; 128],
}

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Fonts {
    pub(super) fn get() -> &'static Self {
        &FONTS
    }

    fn load() -> Self {
        let load = |file: &'static [u8]| Font::new(Bytes::new(file), 0);
        let (regular, bold) = (load(dejavu::sans_condensed::regular()), load(dejavu::sans_condensed::bold()));
        let all: Vec<Font> = regular.iter().chain(&bold).cloned().collect();
        Self {
            book: LazyHash::new(FontBook::from_fonts(&all)),
            all,
            regular: Advances::of(regular),
            bold: Advances::of(bold),
        }
    }

    /// How wide a text is on one line, in ems.
    pub(super) fn width(&self, weight: Weight, text: &str) -> f64 {
        let advances = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        text.chars().map(|letter| advances.advance(letter)).sum()
    }

    /// Whether all letters of a text have a shape, or need none.
    pub(super) fn cover(&self, text: &str) -> bool {
        text.chars().all(|letter| letter.is_ascii() || is_formatting(letter) || self.regular.shape(letter).is_some())
    }
}

impl Advances {
    fn of(font: Option<Font>) -> Self {
        let font = font.map(|font| {
            let variant = font.info().variant;
            font.instantiate(variant, Abs::pt(10.0), &FontVariations::default())
        });
        let mut advances = Self { font, ascii: [UNKNOWN; 128] };
        advances.ascii = std::array::from_fn(|code| advances.look_up(u8::try_from(code).map_or(' ', char::from)));
        advances
    }

    fn advance(&self, letter: char) -> f64 {
        let known = usize::try_from(u32::from(letter)).ok().and_then(|code| self.ascii.get(code));
        known.copied().unwrap_or_else(|| self.look_up(letter))
    }

    fn look_up(&self, letter: char) -> f64 {
        self.shape(letter).map_or(UNKNOWN, Em::get)
    }

    /// How far the font's letter advances, if it has one.
    fn shape(&self, letter: char) -> Option<Em> {
        let font = self.font.as_ref()?;
        font.x_advance(font.ttf().glyph_index(letter)?.0)
    }
}

/// What only tells how other letters are set.
fn is_formatting(letter: char) -> bool {
    matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_wide_as_the_font_says() {
        let fonts = Fonts::get();
        assert_eq!(fonts.all.len(), 2);
        let (narrow, wide) = (fonts.width(Weight::Regular, "iiii"), fonts.width(Weight::Regular, "WWWW"));
        assert!(0.5 < narrow && narrow < wide && wide < fonts.width(Weight::Bold, "WWWW"));
        assert!((fonts.width(Weight::Regular, "会") - UNKNOWN).abs() < f64::EPSILON);
        assert!(fonts.cover("plain, \u{202E}turned \u{1F600}") && !fonts.cover("会議") && !fonts.cover("नमस्ते"));
        for text in ["Ωß€ñ", "Ћирилица", "Հայերեն", "ქართული", "مرحبا", "שלום", "≥ ≠ → ✓"]
        {
            assert!(fonts.cover(text), "{text}");
        }
    }
}
