//! What services know of somebody who wants all of it. Each service stores files, by [`Exporting`]; auth hands them out.

mod files;
mod known;
mod run;

pub use files::ExportFiles;
pub use known::{Known, List, Page};
pub use run::Exporting;
