//! What a user wants to receive, when, and how often.

mod model;
mod routes;
mod store;

pub(crate) use model::{FrequencyCap, Period, Preferences};
pub(crate) use routes::{
    __path_get_of_user, __path_get_own, __path_put_of_user, __path_put_own, get_of_user, get_own, put_of_user, put_own,
};
pub(crate) use store::PreferencesStore;
