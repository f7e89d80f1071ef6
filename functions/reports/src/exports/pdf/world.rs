//! All that a report's page knows: its own source, what is reported, and the fonts. No files, no packages, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::fonts::Fonts;

/// The only source: nothing that anybody has written gets into it.
static REPORT: LazyLock<Source> = LazyLock::new(|| Source::detached(include_str!("report.typ")));

/// The world of one report.
pub(super) struct ReportWorld {
    library: LazyHash<Library>,
}

impl ReportWorld {
    /// With what the page reads as `sys.inputs`.
    pub(super) fn of(report: Dict) -> Self {
        Self { library: LazyHash::new(Library::builder().with_inputs(report).build()) }
    }
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &Fonts::get().book
    }

    fn main(&self) -> FileId {
        REPORT.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == REPORT.id() { Ok(REPORT.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        Fonts::get().all.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use typst::syntax::{RootedPath, VirtualPath, VirtualRoot};

    use super::*;

    #[test]
    fn there_is_nothing_but_the_page_and_its_fonts() {
        let world = ReportWorld::of(Dict::new());
        assert!(world.source(world.main()).is_ok());
        for path in ["etc/passwd", "report.typ", "Cargo.toml"] {
            let id = RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).unwrap()).intern();
            assert_eq!(world.file(id), Err(FileError::AccessDenied), "{path}");
            assert!(world.source(id).is_err(), "{path}");
        }
        assert_eq!((world.today(None), world.font(2).is_none()), (None, true));
    }
}
