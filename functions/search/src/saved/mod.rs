//! Saved searches, and the alerts that they cause.

mod alert;
mod matching;
mod model;
mod routes;
mod store;

pub(crate) use alert::{Alert, alert};
pub(crate) use matching::match_new;
pub(crate) use model::{SavedSearch, SavedSearchView};
pub(crate) use routes::{
    __path_create_saved_search, __path_delete_saved_search, __path_get_saved_search, __path_list_saved_searches,
    __path_put_saved_search, create_saved_search, delete_saved_search, get_saved_search, list_saved_searches,
    put_saved_search,
};
pub(crate) use store::SavedSearches;
