//! Templates and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Principal, Role, UserId};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::definitions::Definition;

/// A template as callers write it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SaveTemplate {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub(super) name: String,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub(super) description: String,
    /// Who sees it. Without it, what organizers make is the tenant's, and what others make their own. Only organizers
    /// make templates of the tenant's.
    #[serde(default)]
    #[garde(skip)]
    pub(super) visibility: Option<Visibility>,
    #[garde(dive)]
    pub(super) definition: Definition,
}

/// Who sees a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Visibility {
    /// Its owner.
    Private,
    /// Everybody in the tenant.
    Tenant,
}

/// A template without its definition, which stands in its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TemplateSummary)]
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) visibility: Visibility,
    #[schema(value_type = Uuid)]
    pub(crate) owner_id: UserId,
    pub(crate) dataset: String,
    /// Counts changes, from 1.
    pub(crate) version: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) archived_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

/// A template, or a version of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Template)]
pub(crate) struct TemplateView {
    #[serde(flatten)]
    pub(super) head: Head,
    pub(super) definition: Definition,
}

impl Head {
    /// Whether somebody sees it.
    pub(crate) fn is_visible_to(&self, principal: &Principal) -> bool {
        self.is_seen_by(principal.user())
    }

    /// The same for a member.
    pub(crate) fn is_seen_by(&self, user: UserId) -> bool {
        self.visibility == Visibility::Tenant || self.owner_id == user
    }

    /// Whether somebody may change it.
    pub(super) fn is_changed_by(&self, principal: &Principal) -> bool {
        self.owner_id == principal.user()
            || self.visibility == Visibility::Tenant && principal.roles().include(Role::Organizer)
    }

    /// Whether nobody but its owner sees it.
    pub(crate) fn is_private(&self) -> bool {
        self.visibility == Visibility::Private
    }
}

impl Visibility {
    /// What somebody gets who asks for this; `None` if he may not.
    pub(super) fn wanted(asked: Option<Self>, principal: &Principal) -> Option<Self> {
        match (asked, principal.roles().include(Role::Organizer)) {
            (Some(Self::Tenant), false) => None,
            (Some(visibility), _) => Some(visibility),
            (None, true) => Some(Self::Tenant),
            (None, false) => Some(Self::Private),
        }
    }
}
