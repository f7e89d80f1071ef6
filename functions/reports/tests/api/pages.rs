//! A PDF as others read it: the texts and the colours of its pages.

use std::collections::BTreeSet;
use std::sync::Arc;

use hayro::hayro_interpret::font::Glyph;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::kurbo::{Affine, BezPath, Rect};

/// What is on one page.
#[derive(Default)]
pub struct Page {
    /// What is written, where a line begins and at which height it stands.
    pub runs: Vec<Run>,
    /// Colours of areas and lines: red, green, blue.
    pub colours: BTreeSet<[u8; 3]>,
}

/// Letters that follow each other on a line.
#[derive(Debug)]
pub struct Run {
    pub text: String,
    pub left: f64,
    pub right: f64,
    pub y: f64,
}

impl Page {
    /// All that is written, a line for each run.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Without what only tells where a line may end, and without the ends of lines.
    pub fn joined(&self) -> String {
        self.text().replace(['\u{200B}', '\n', ' '], "")
    }
}

/// The pages of a file.
pub fn pages(file: Vec<u8>) -> Vec<Page> {
    let pdf = Pdf::new(Arc::new(file)).unwrap();
    let cache = InterpreterCache::new();
    let mut pages = Vec::new();
    for page in pdf.pages().iter() {
        let (whole, settings) = (Rect::new(0.0, 0.0, 5000.0, 5000.0), InterpreterSettings::default());
        let (mut context, mut read) =
            (Context::new(Affine::IDENTITY, whole, &cache, pdf.xref(), settings), Page::default());
        interpret_page(page, &mut context, &mut read);
        pages.push(read);
    }
    pages
}

impl Device<'_> for Page {
    fn draw_path(&mut self, _: &BezPath, _: Affine, paint: &Paint<'_>, _: &PathDrawMode) {
        if let Paint::Color(colour) = paint {
            let [red, green, blue, _] = colour.to_rgba().to_rgba8();
            self.colours.insert([red, green, blue]);
        }
    }

    fn draw_glyph(&mut self, glyph: &Glyph<'_>, place: Affine, of_font: Affine, _: &Paint<'_>, _: &GlyphDrawMode) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(letter)) => letter.to_string(),
            Some(BfString::String(text)) => text,
            None => "\u{FFFD}".to_owned(),
        };
        let at = (place * of_font).translation();
        let size = (place * of_font).determinant().abs().sqrt() * 1000.0;
        match self.runs.last_mut() {
            Some(run) if (run.y - at.y).abs() < 0.5 && at.x >= run.right - 0.1 && at.x - run.right < 1.3 * size => {
                run.text.push_str(&text);
                run.right = at.x;
            }
            _ => self.runs.push(Run { text, left: at.x, right: at.x, y: at.y }),
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
