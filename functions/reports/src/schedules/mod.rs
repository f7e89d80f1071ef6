//! Schedules: reports that are made and mailed by a calendar, each period once.

mod begin;
mod calendar;
mod change;
mod due;
mod linked;
mod membership;
mod model;
mod outcome;
mod routes;
mod shared_link;
mod store;

pub(crate) use change::{
    __path_delete_schedule, __path_pause_schedule, __path_resume_schedule, __path_run_schedule, delete_schedule,
    pause_schedule, resume_schedule, run_schedule,
};
pub(crate) use due::begin_due;
pub(crate) use linked::files_for;
pub(crate) use membership::pause_of_strangers;
pub(crate) use model::Planned;
pub(crate) use outcome::{ExportEnded, tell};
pub(crate) use routes::{
    __path_create_schedule, __path_get_schedule, __path_list_runs, __path_list_schedules, __path_put_schedule,
    create_schedule, get_schedule, list_runs, list_schedules, put_schedule,
};
pub(crate) use shared_link::{__path_fetch_shared, fetch_shared, of as link_of};
pub(crate) use store::Schedules;
