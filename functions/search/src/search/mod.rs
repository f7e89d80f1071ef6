//! `/search`: finding documents.

mod after;
mod answer;
mod autocomplete;
mod bodies;
mod engine;
mod fuse;
mod paging;
mod routes;
mod run;
mod similar;
mod wanted;

pub(crate) use autocomplete::{__path_autocomplete, autocomplete};
pub(crate) use bodies::FiltersBody;
pub(crate) use routes::{
    __path_search, __path_search_advanced, __path_search_geo, search, search_advanced, search_geo,
};
pub(crate) use similar::{__path_search_similar, search_similar};
pub(crate) use wanted::{Wanted, checked_query, entity_type};
