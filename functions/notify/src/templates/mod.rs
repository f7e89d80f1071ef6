//! What tenants send again and again: by name, with a variant for each channel and language, in versions.

mod choose;
mod model;
mod preview;
mod routes;
mod store;
mod variables;

pub(crate) use choose::choose;
pub(crate) use model::Head;
pub(crate) use preview::{__path_preview_template, preview_template};
pub(crate) use routes::{
    __path_create_template, __path_delete_template, __path_get_template, __path_list_templates, __path_put_template,
    create_template, delete_template, get_template, list_templates, put_template,
};
pub(crate) use store::Templates;
pub(crate) use variables::fill;
