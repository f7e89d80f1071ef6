//! What can go wrong in reports.

use axum::response::{IntoResponse, Response};
use shared::{Error, Problem, ServiceError};

/// reports' errors; each has one code.
#[derive(Debug, thiserror::Error)]
pub enum ReportsError {
    /// What every service can answer.
    #[error(transparent)]
    Common(#[from] Error),
    /// No dataset, or none for the caller.
    #[error("There is no such dataset.")]
    DatasetNotFound,
    /// No template, or none for the caller.
    #[error("There is no such template.")]
    TemplateNotFound,
    /// No export of the caller's, or its file is gone.
    #[error("There is no such export.")]
    ExportNotFound,
    /// No schedule of the tenant's.
    #[error("There is no such schedule.")]
    ScheduleNotFound,
    /// No webhook of the tenant's, in either direction.
    #[error("There is no such webhook.")]
    WebhookNotFound,
    /// No delivery of the webhook's, or it is forgotten.
    #[error("There is no such delivery.")]
    DeliveryNotFound,
    /// An address that nothing is sent to.
    #[error("`url` {0}.")]
    InvalidWebhookUrl(&'static str),
    /// Nobody whom we know has sent this, or not now.
    #[error("The signature is not valid.")]
    InvalidSignature,
    /// A name that is taken.
    #[error("There is one of this name.")]
    Duplicate,
    /// A template that nothing is made of any more.
    #[error("The template is archived.")]
    TemplateArchived,
    /// What is done cannot be stopped or tried again.
    #[error("The export is completed.")]
    ExportAlreadyCompleted,
    /// Only what failed is tried again.
    #[error("The export has not failed.")]
    ExportNotFailed,
    /// A definition that cannot be carried out.
    #[error("The definition cannot be used: {0}.")]
    InvalidTemplate(String),
    /// No time at which a schedule would be due.
    #[error("`cron` cannot be used: {0}.")]
    InvalidCron(String),
    /// No format that files are made in.
    #[error("`format` must be csv, xlsx, pdf, json or jsonLines.")]
    InvalidFormat,
    /// More rows than a file of this format takes.
    #[error(
        "The file would be too large: a workbook takes 1000000 rows, a PDF 50000 cells of 2000000 letters, and what is sorted, or a workbook, 1500 MB."
    )]
    FileTooLarge,
    /// The tenant has as much as it may have.
    #[error("The tenant has as many as it may have.")]
    QuotaExceeded,
}

impl ReportsError {
    /// A definition is wrong, for this reason.
    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Self::InvalidTemplate(reason.into())
    }
}

impl ServiceError for ReportsError {
    fn problem(&self) -> Problem {
        match self {
            Self::Common(error) => error.problem(),
            Self::DatasetNotFound => Problem::new(404, "DATASET_NOT_FOUND"),
            Self::TemplateNotFound => Problem::new(404, "TEMPLATE_NOT_FOUND"),
            Self::ExportNotFound => Problem::new(404, "EXPORT_NOT_FOUND"),
            Self::ScheduleNotFound => Problem::new(404, "SCHEDULE_NOT_FOUND"),
            Self::WebhookNotFound => Problem::new(404, "WEBHOOK_NOT_FOUND"),
            Self::DeliveryNotFound => Problem::new(404, "DELIVERY_NOT_FOUND"),
            Self::InvalidWebhookUrl(_) => Problem::new(400, "INVALID_WEBHOOK_URL"),
            Self::InvalidSignature => Problem::new(401, "INVALID_SIGNATURE"),
            Self::InvalidCron(_) => Problem::new(400, "INVALID_CRON"),
            Self::Duplicate => Problem::new(409, "DUPLICATE"),
            Self::TemplateArchived => Problem::new(409, "TEMPLATE_ARCHIVED"),
            Self::ExportAlreadyCompleted => Problem::new(409, "EXPORT_ALREADY_COMPLETED"),
            Self::ExportNotFailed => Problem::new(409, "EXPORT_NOT_FAILED"),
            Self::InvalidTemplate(_) => Problem::new(400, "INVALID_TEMPLATE"),
            Self::InvalidFormat => Problem::new(400, "INVALID_FORMAT"),
            Self::FileTooLarge => Problem::new(400, "FILE_TOO_LARGE"),
            Self::QuotaExceeded => Problem::later(429, "QUOTA_EXCEEDED"),
        }
    }
}

impl IntoResponse for ReportsError {
    fn into_response(self) -> Response {
        shared::http::refuse(&self).into_response()
    }
}
