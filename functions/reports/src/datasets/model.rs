//! Datasets and their rules.

use std::collections::HashSet;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Principal, Role, Roles, UserId};
use shared::http::AtMost;
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;

use super::platform::Platform;
use crate::values::Kind;

/// Characters of a dataset's name.
const LONGEST_NAME: usize = 64;
/// What every row has besides the declared columns.
pub(crate) const OWN_COLUMNS: [(&str, Kind, &str); 3] = [
    ("id", Kind::Text, "The row's id"),
    ("at", Kind::Timestamp, "When it happened"),
    ("recordedAt", Kind::Timestamp, "When it was stored"),
];

/// A column of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Column {
    /// Letters, digits and `_`, a letter first; not `id`, `at` or `recordedAt`, which every row has.
    #[garde(length(max = 64), custom(column_name))]
    #[schema(max_length = 64)]
    pub(crate) name: String,
    #[serde(rename = "type")]
    #[garde(skip)]
    pub(crate) kind: Kind,
    /// Whether a row without it is refused.
    #[serde(default)]
    #[garde(skip)]
    pub(crate) required: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub(crate) description: String,
}

/// A dataset that a tenant declares.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateDataset {
    /// Lower case letters, digits and `_`, a letter first; unique in the tenant.
    #[garde(length(min = 1, max = 64), custom(dataset_name))]
    #[schema(min_length = 1, max_length = 64)]
    pub(super) name: String,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub(super) description: String,
    #[garde(dive, custom(unique))]
    #[schema(value_type = Vec<Column>, min_items = 1, max_items = 100)]
    pub(super) columns: AtMost<Column, 100>,
    /// The column, of type `user`, that says whose a row is: users see their own. Without it only organizers see rows.
    #[serde(default)]
    #[garde(custom(one_of_user(&self.columns)))]
    pub(super) user_column: Option<String>,
}

/// A dataset as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Custom {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) user_column: Option<String>,
    pub(crate) created_at: Timestamp,
}

/// A dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dataset {
    Platform(Platform),
    Custom(Custom),
}

/// A dataset as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Dataset)]
pub(crate) struct DatasetView {
    pub(super) name: String,
    pub(super) description: String,
    /// Whether it is the platform's own, which nobody else writes.
    pub(super) platform: bool,
    /// With those that every row has: `id`, `at`, `recordedAt`.
    pub(super) columns: Vec<Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_column: Option<String>,
    /// Which of its rows the caller sees.
    pub(super) rows: Visible,
}

/// Whose rows somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Visible {
    /// The tenant's.
    All,
    /// The caller's.
    Own,
}

/// Whose rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Scope {
    All,
    Own(UserId),
}

impl Dataset {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Platform(platform) => platform.name(),
            Self::Custom(custom) => &custom.name,
        }
    }

    /// What it has, besides what every row has.
    pub(crate) fn declared(&self) -> Vec<Column> {
        match self {
            Self::Platform(platform) => platform.columns(),
            Self::Custom(custom) => custom.columns.clone(),
        }
    }

    /// All columns.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let own = OWN_COLUMNS.map(|(name, kind, description)| Column {
            name: name.to_owned(),
            kind,
            required: true,
            description: description.to_owned(),
        });
        own.into_iter().chain(self.declared()).collect()
    }

    /// Which rows the caller sees; none of a dataset that is not there for him.
    pub(crate) fn scope(&self, principal: &Principal) -> Option<Scope> {
        self.scope_of(principal.roles(), principal.user())
    }

    /// The same for somebody with these roles.
    pub(crate) fn scope_of(&self, roles: &Roles, user: UserId) -> Option<Scope> {
        let least = match self {
            // Whoever else signs in when and how is for admins.
            Self::Platform(Platform::SignIns) => Role::Admin,
            _ => Role::Organizer,
        };
        match self {
            _ if roles.include(least) => Some(Scope::All),
            Self::Custom(Custom { user_column: None, .. }) => None,
            _ => Some(Scope::Own(user)),
        }
    }

    pub(super) fn view(&self, scope: Scope) -> DatasetView {
        let (description, user_column) = match self {
            Self::Platform(platform) => (platform.description().to_owned(), Some("userId".to_owned())),
            Self::Custom(custom) => (custom.description.clone(), custom.user_column.clone()),
        };
        DatasetView {
            name: self.name().to_owned(),
            description,
            platform: matches!(self, Self::Platform(_)),
            columns: self.columns(),
            user_column,
            rows: if scope == Scope::All { Visible::All } else { Visible::Own },
        }
    }
}

impl CreateDataset {
    pub(super) fn into_dataset(self, created_at: Timestamp) -> Custom {
        let Self { name, description, columns, user_column } = self;
        Custom { name, description, columns: columns.0, user_column, created_at }
    }
}

/// Whether every row has a column of this name already.
fn is_reserved(name: &str) -> bool {
    OWN_COLUMNS.iter().any(|(own, ..)| *own == name)
}

/// A name that expressions can use, too.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn column_name<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(
        is_name(text) && !is_reserved(text),
        "must be letters, digits and _, a letter first, and not id, at or recordedAt",
    )
}

/// Whether a dataset of a tenant's can have this name.
pub(super) fn is_dataset_name(text: &str) -> bool {
    is_name(text) && text.len() <= LONGEST_NAME && !text.chars().any(|letter| letter.is_ascii_uppercase())
}

fn dataset_name<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(is_dataset_name(text), "must be lower case letters, digits and _, a letter first")?;
    refuse_unless(Platform::named(text).is_none(), "must not be that of a dataset of the platform's own")
}

fn unique<C>(columns: &AtMost<Column, 100>, _: &C) -> garde::Result {
    let names: HashSet<&str> = columns.0.iter().map(|column| column.name.as_str()).collect();
    refuse_unless(!names.is_empty() && names.len() == columns.0.len(), "must be there, with different names")
}

fn one_of_user<C>(columns: &AtMost<Column, 100>) -> impl FnOnce(&Option<String>, &C) -> garde::Result + '_ {
    move |name, _| {
        let is_one = |name: &String| columns.0.iter().any(|column| column.name == *name && column.kind == Kind::User);
        refuse_unless(name.as_ref().is_none_or(is_one), "must name a column of type user")
    }
}
