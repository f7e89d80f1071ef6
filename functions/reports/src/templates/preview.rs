//! The first rows of a template.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Extract;
use garde::Validate;
use serde::Serialize;
use serde_json::Value as Json;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Json as Body, PathParams, Reply};
use tokio::time::Instant;
use utoipa::ToSchema;
use uuid::Uuid;

use super::routes::visible;
use crate::datasets::readable;
use crate::definitions::{Given, Output, Plan};
use crate::query::{Groups, Sorting, Totals, project};
use crate::rows::Reader;
use crate::values::{Kind, Value};
use crate::{ReportsError, State};

/// Rows of the dataset that a preview reads.
const MOST_READ: usize = 20_000;
/// Bytes of those rows.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of its answer, about: Lambda takes 6 MB.
const MOST_ANSWER: usize = 3 * 1024 * 1024;
/// Rows that are computed at a time.
const BATCH: usize = 500;
/// How long it computes.
const PATIENCE: Duration = Duration::from_secs(8);
/// Rows of its answer.
const MOST_SHOWN: u64 = 100;

/// With what a preview is made.
#[derive(Debug, Default, serde::Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewTemplate {
    /// Values of parameters; those that are left out have their defaults.
    #[serde(default)]
    #[garde(skip)]
    parameters: Given,
    /// Rows of the answer; 20, if it is not given.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = MOST_SHOWN)))]
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<u64>,
}

/// A column of a result.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultColumn {
    name: String,
    label: String,
    #[serde(rename = "type")]
    kind: Kind,
}

/// The first rows of a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preview {
    columns: Vec<ResultColumn>,
    /// Cells in the columns' order.
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<Json>>,
    /// The last row, if the definition has totals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    totals: Option<Vec<Json>>,
    /// Whether all rows of the dataset that the report is made of were read; at most 20 000 are, for
    /// eight seconds, and the answer has 3 MB at most.
    complete: bool,
}

/// Shows the first rows of a template, made of at most 20 000 rows of its dataset.
#[utoipa::path(
    post, path = "/templates/{id}/preview", operation_id = "previewTemplate", tag = "templates",
    params(("id" = Uuid, Path)), request_body = PreviewTemplate,
    responses(
        (status = 200, body = Envelope<Preview>),
        (status = 400, description = "INVALID_TEMPLATE: the dataset is not as it was", body = ErrorEnvelope),
        (status = 404, description = "TEMPLATE_NOT_FOUND, DATASET_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn preview_template(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    body: Option<Body<PreviewTemplate>>,
) -> Result<Reply<Preview>, ReportsError> {
    let Body(wanted) = body.unwrap_or(Body(PreviewTemplate::default()));
    let tenant = principal.tenant();
    let head = visible(&state, &principal, id).await?;
    let definition = state.templates.definition(tenant, id, head.version).await?;
    let definition = definition.ok_or(ReportsError::TemplateNotFound)?;
    let (dataset, scope) = readable(&state, &principal, &definition.dataset).await?;
    let moments = definition.moments(state.platform.clock().now())?;
    let plan = Arc::new(Plan::new(&definition, &dataset, &wanted.parameters, moments, true)?);
    let shown = wanted.limit.unwrap_or(20).min(plan.limit.unwrap_or(MOST_SHOWN));
    let reader = Reader::open(&state.rows, tenant, dataset.name(), scope, plan.range, None).await?;
    Ok(Reply::ok(preview(&plan, reader, shown).await?))
}

async fn preview(plan: &Arc<Plan>, mut reader: Reader, shown: u64) -> Result<Preview, ReportsError> {
    let shown = usize::try_from(shown).unwrap_or(usize::MAX);
    let (mut groups, mut totals) = (Groups::of(plan), Totals::of(plan));
    let (mut rows, mut read, mut bytes, mut complete) = (Vec::new(), 0, 0, true);
    let (in_order, until) = (groups.is_none() && plan.order.is_empty(), Instant::now() + PATIENCE);
    loop {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(row) = reader.next().await?
        {
            bytes += row.cells.len();
            batch.push(row);
        }
        if batch.is_empty() {
            break;
        }
        // Nothing more of it would be shown.
        let is_enough = in_order && totals.is_none() && rows.len() >= shown;
        if read >= MOST_READ || bytes > MOST_BYTES || is_enough {
            complete = false;
            break;
        }
        read += batch.len();
        let projected = project(plan, batch, i64::MAX, until).await?;
        for row in projected.kept {
            totals.as_mut().map_or(Ok(()), |totals| totals.add(&row))?;
            match &mut groups {
                Some(groups) => groups.add(&row)?,
                None if in_order && rows.len() >= shown => complete &= totals.is_some(),
                None => {
                    bytes += row.iter().map(Value::weight).sum::<usize>();
                    rows.push(row);
                }
            }
        }
        if !projected.rest.is_empty() {
            complete = false;
            break;
        }
    }
    let mut rows = sorted(plan, groups.map_or(rows, Groups::finish), shown)?;
    let all = rows.len();
    let mut bytes = 0;
    rows.retain(|row| {
        bytes += row.iter().map(Value::weight).sum::<usize>();
        bytes <= MOST_ANSWER
    });
    let totals = totals.map(|totals| totals.finish(&plan.outputs));
    let json =
        |row: Vec<Value>| row.iter().map(|value| serde_json::to_value(value.shown())).collect::<Result<Vec<_>, _>>();
    Ok(Preview {
        columns: plan.outputs.iter().map(ResultColumn::of).collect(),
        complete: complete && rows.len() == all,
        rows: rows.into_iter().map(json).collect::<Result<_, _>>().map_err(Error::internal)?,
        totals: totals.map(json).transpose().map_err(Error::internal)?,
    })
}

/// So few that they never leave memory.
fn sorted(plan: &Plan, mut rows: Vec<Vec<Value>>, shown: usize) -> Result<Vec<Vec<Value>>, Error> {
    if plan.order.is_empty() {
        rows.truncate(shown);
        return Ok(rows);
    }
    let mut sorting = Sorting::new(plan.order.clone(), plan.output_kinds());
    rows.into_iter().try_for_each(|row| sorting.push(row))?;
    let mut sorted = sorting.finish()?;
    let mut first = Vec::new();
    while let Some(row) = if first.len() < shown { sorted.next()? } else { None } {
        first.push(row);
    }
    Ok(first)
}

impl ResultColumn {
    fn of(output: &Output) -> Self {
        Self { name: output.name.clone(), label: output.label.clone(), kind: output.kind }
    }
}
