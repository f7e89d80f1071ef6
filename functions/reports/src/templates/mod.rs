//! Templates: definitions with a name, in versions.

mod change;
mod model;
mod preview;
mod routes;
mod store;

pub(crate) use change::{
    __path_archive_template, __path_clone_template, __path_put_template, archive_template, clone_template, put_template,
};
pub(crate) use model::Head;
pub(crate) use preview::{__path_preview_template, preview_template};
pub(crate) use routes::{
    __path_create_template, __path_get_template, __path_list_templates, create_template, get_template, list_templates,
};
pub(crate) use store::Templates;
