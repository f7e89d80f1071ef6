//! The body of requests that show a mailed token.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

/// A mailed token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    /// From the link.
    #[garde(length(min = 1, max = 4096))]
    pub(crate) token: String,
}
