//! Schedules, their runs, and rules.

use std::collections::HashSet;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Plan, Roles, UserId};
use shared::http::AtMost;
use shared::http::rules::{refuse_unless, zone_name};
use utoipa::ToSchema;
use uuid::Uuid;

use super::calendar::Calendar;
use crate::ReportsError;
use crate::definitions::Given;

/// Times that a schedule shows ahead.
const SHOWN: usize = 5;

/// A schedule as callers write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SaveSchedule {
    /// Mails name it.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub(super) name: String,
    /// Its newest version is made each time.
    #[garde(skip)]
    pub(super) template_id: Uuid,
    /// `csv`, `xlsx`, `pdf`, `json` or `jsonLines`.
    #[garde(length(max = 20))]
    pub(super) format: String,
    /// Values of parameters. `from` and `to`, if the definition asks for them and they are not given, are the times when
    /// the schedule was due before and is due now.
    #[serde(default)]
    #[garde(skip)]
    pub(super) parameters: Given,
    /// Five fields: minute, hour, day of the month, month, day of the week.
    #[garde(length(min = 1, max = 100))]
    #[schema(max_length = 100, example = "0 8 * * 1-5")]
    pub(super) cron: String,
    /// IANA.
    #[serde(default = "utc")]
    #[garde(length(max = 64), custom(zone_name))]
    #[schema(default = "UTC", max_length = 64)]
    pub(super) time_zone: String,
    #[serde(default)]
    #[garde(skip)]
    pub(super) catch_up: CatchUp,
    /// Users of the tenant who get a mail; nobody, if it is empty.
    #[serde(default)]
    #[garde(skip)]
    #[schema(value_type = Vec<Uuid>, max_items = 20)]
    pub(super) recipients: AtMost<UserId, 20>,
    /// How mails bring the file.
    #[serde(default)]
    #[garde(skip)]
    pub(super) delivery: Delivery,
    /// Webhooks that are told of the file with a link to it, whether they hear of exports or not. One whose address has
    /// changed since the schedule was saved gets no link.
    #[serde(default)]
    #[garde(custom(each_once))]
    #[schema(value_type = Vec<Uuid>, max_items = 5)]
    pub(super) webhooks: AtMost<Uuid, 5>,
    /// Whether nobody gets a report without rows.
    #[serde(default)]
    #[garde(skip)]
    pub(super) skip_when_empty: bool,
}

/// What becomes of times that were missed, since no timer fired for more than ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CatchUp {
    /// They are left out.
    #[default]
    Skip,
    /// The last one is made.
    RunLatest,
    /// All are made, at most the last 24.
    RunAll,
}

/// How a mail brings a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportDelivery)]
pub(crate) enum Delivery {
    /// By a link, which works for seven days.
    #[default]
    Link,
    /// Attached, besides the link; a file of more than 7 MB by the link alone.
    Attachment,
}

/// A schedule as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schedule {
    pub(super) id: Uuid,
    /// As JSON text: parameters hold any values.
    #[serde(with = "crate::as_text")]
    pub(super) wanted: SaveSchedule,
    pub(super) owner: UserId,
    /// What its owner may see, as of when he saved it.
    pub(super) roles: Roles,
    pub(super) plan: Plan,
    /// The webhooks that get a link, with their addresses as of then.
    #[serde(default)]
    pub(super) webhook_urls: Vec<(Uuid, String)>,
    /// When it is due next; `None` while it is paused, and when it is never due again.
    pub(super) next: Option<Timestamp>,
    pub(super) paused: bool,
    /// Counts changes.
    pub(super) version: u64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A schedule as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Schedule)]
pub(crate) struct ScheduleView {
    id: Uuid,
    #[serde(flatten)]
    wanted: SaveSchedule,
    #[schema(value_type = Uuid)]
    owner_id: UserId,
    paused: bool,
    /// When it is due next, five times; nothing while it is paused.
    #[schema(value_type = Vec<String>)]
    next_runs: Vec<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A period of a schedule, made once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// When it was due, or asked for.
    pub(super) due: Timestamp,
    /// Whether somebody has asked for it.
    pub(super) manual: bool,
    pub(super) export: Option<Uuid>,
    pub(super) outcome: Outcome,
    pub(super) problem: Option<String>,
    pub(super) updated_at: Timestamp,
}

/// How a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// It is being made.
    Running,
    /// It is made, and its recipients are told.
    Completed,
    /// It has no rows, and nobody is told.
    Empty,
    /// It could not be made; its owner is told.
    Failed,
    /// Its time was missed, and `catchUp` leaves it out.
    Skipped,
}

/// A run as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ScheduleRun)]
pub(crate) struct RunView {
    /// When it was due, or asked for.
    #[schema(value_type = String, format = DateTime)]
    due: Timestamp,
    /// Whether somebody has asked for it.
    manual: bool,
    /// The owner's export.
    export_id: Option<Uuid>,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// What an export knows of the run that it is made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Planned {
    pub(crate) schedule: Uuid,
    /// When it was due: moments in words are seen from there.
    pub(crate) due: Timestamp,
    pub(crate) manual: bool,
}

impl SaveSchedule {
    /// # Errors
    /// `INVALID_CRON` if it is none, or never due.
    pub(super) fn calendar(&self, now: Timestamp) -> Result<Calendar, ReportsError> {
        let calendar = Calendar::new(&self.cron, &self.time_zone).map_err(ReportsError::InvalidCron)?;
        match calendar.after(now) {
            Some(_) => Ok(calendar),
            None => Err(ReportsError::InvalidCron("it is never due".to_owned())),
        }
    }
}

impl Schedule {
    pub(crate) fn is_owned_by(&self, user: UserId) -> bool {
        self.owner == user
    }

    /// The same without a recipient, if he is one.
    pub(super) fn without(&self, user: UserId) -> Option<Self> {
        let mut after = Self { version: self.version + 1, ..self.clone() };
        after.wanted.recipients.0.retain(|recipient| *recipient != user);
        (after.wanted.recipients.0.len() < self.wanted.recipients.0.len()).then_some(after)
    }

    /// The parameters of a run that is due then.
    pub(super) fn parameters(&self, asked: &[String], due: Timestamp) -> Given {
        let mut given = self.wanted.parameters.clone();
        let before = Calendar::new(&self.wanted.cron, &self.wanted.time_zone).ok().and_then(|c| c.before(due));
        for (name, time) in [("from", before), ("to", Some(due))] {
            if let Some(time) = time.filter(|_| asked.iter().any(|asked| asked == name)) {
                given.0.entry(name.to_owned()).or_insert_with(|| serde_json::Value::String(time.to_string()));
            }
        }
        given
    }

    pub(crate) fn view(self, now: Timestamp) -> ScheduleView {
        let calendar = Calendar::new(&self.wanted.cron, &self.wanted.time_zone).ok().filter(|_| !self.paused);
        let Self { id, wanted, owner, paused, created_at, updated_at, .. } = self;
        let next_runs = calendar.map(|calendar| calendar.next(now, SHOWN)).unwrap_or_default();
        ScheduleView { id, wanted, owner_id: owner, paused, next_runs, created_at, updated_at }
    }
}

impl Run {
    pub(super) fn view(self) -> RunView {
        let Self { due, manual, export, outcome, problem, updated_at } = self;
        RunView { due, manual, export_id: export, outcome, problem, updated_at }
    }
}

fn each_once<C>(ids: &AtMost<Uuid, 5>, _: &C) -> garde::Result {
    let different: HashSet<&Uuid> = ids.0.iter().collect();
    refuse_unless(different.len() == ids.0.len(), "must name each once")
}

fn utc() -> String {
    "UTC".to_owned()
}
