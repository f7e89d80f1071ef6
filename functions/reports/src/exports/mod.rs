//! Exports: files of reports, made in steps that another worker can go on with.

mod begin;
mod change;
mod cleaning;
mod collect;
mod create;
mod ending;
mod formats;
mod heartbeat;
mod model;
mod pdf;
mod purge;
mod render;
mod render_whole;
mod routes;
mod run;
mod source;
mod store;
mod whole;
mod work;
mod workbook;

pub(crate) use begin::{NewExport, begin};
pub(crate) use change::{
    __path_cancel_export, __path_delete_export, __path_retry_export, cancel_export, delete_export, retry_export,
};
pub(crate) use cleaning::{CleanUp, clean_up};
pub(crate) use create::{__path_create_export, create_export};
pub(crate) use formats::Format;
pub(crate) use model::{Ended, TemplateVersion, Which};
pub(crate) use purge::{__path_purge_expired, delete_with_files, purge, purge_expired};
pub(crate) use routes::{
    __path_download_export, __path_get_export, __path_list_exports, __path_list_jobs, download_export, get_export,
    list_exports, list_jobs,
};
pub(crate) use run::{RunExport, run, wake};
pub(crate) use store::{Exports, Files};
