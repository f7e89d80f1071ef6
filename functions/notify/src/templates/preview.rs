//! `POST /templates/{id}/preview`

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Json, PathParams, Reply};
use utoipa::ToSchema;
use uuid::Uuid;

use super::routes::find;
use super::variables::fill;
use crate::rendering::{Content, Variables, bounded};
use crate::{NotifyError, State};

/// What to show a template with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewTemplate {
    #[serde(default)]
    #[garde(custom(bounded))]
    #[schema(value_type = Object)]
    variables: Variables,
    /// The newest one if it is not given.
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    version: Option<u32>,
}

/// Shows what a template makes of some variables. Nothing is sent.
#[utoipa::path(
    post, path = "/templates/{id}/preview", operation_id = "previewTemplate", tag = "templates",
    params(("id" = Uuid, Path)), request_body = PreviewTemplate,
    responses(
        (status = 200, body = Envelope<Content>),
        (
            status = 400, body = ErrorEnvelope,
            description = "VALIDATION_FAILED, MISSING_TEMPLATE_VARIABLES or TEMPLATE_RENDERING_FAILED",
        ),
    )
)]
pub(crate) async fn preview_template(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<PreviewTemplate>,
) -> Result<Reply<Content>, NotifyError> {
    let (_, version) = find(&state, &principal, id, request.version).await?;
    let variables = fill(&version.variables, &request.variables)?;
    let rendered = version.compile()?.render(&variables);
    rendered.map(Reply::ok).map_err(|problem| NotifyError::TemplateRenderingFailed(problem.to_string()))
}
