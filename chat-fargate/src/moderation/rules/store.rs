//! Rules in the table.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | rule | `TENANT#<t>#RULES` | `RULE#<id>` |
//! | how many there are, and how often they were changed | the same | `COUNT` |

use serde::Deserialize;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Action, Key, Table};
use uuid::Uuid;

use super::model::ContentRule;

/// Rules of a tenant.
const MOST_RULES: usize = 20;

/// The rules of every tenant in the table.
#[derive(Clone, Debug)]
pub(super) struct RuleStore {
    table: Table,
}

#[derive(Deserialize)]
struct Count {
    version: u64,
}

fn partition(tenant: TenantId) -> String {
    format!("TENANT#{tenant}#RULES")
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(partition(tenant), format!("RULE#{id}"))
}

fn count_key(tenant: TenantId) -> Key {
    Key::new(partition(tenant), "COUNT")
}

impl RuleStore {
    pub(super) fn new(table: Table) -> Self {
        Self { table }
    }

    /// All of a tenant, oldest first.
    pub(super) async fn all(&self, tenant: TenantId) -> Result<Vec<ContentRule>, Error> {
        self.table.query(partition(tenant)).prefix("RULE#").all().await
    }

    /// How often a tenant's rules were changed.
    pub(super) async fn version(&self, tenant: TenantId) -> Result<u64, Error> {
        let count: Option<Count> = self.table.get(&count_key(tenant)).await?;
        Ok(count.map_or(0, |count| count.version))
    }

    /// The writes of a new rule; the first is refused if there are 20.
    pub(super) fn create(&self, tenant: TenantId, rule: &ContentRule) -> [Action; 2] {
        let room = "attribute_not_exists(ruleCount) OR ruleCount < :most";
        let counted = self.count(tenant, 1).when(room).value(":most", MOST_RULES);
        [counted, self.table.put(&key(tenant, rule.id), rule).if_absent()]
    }

    /// The writes of a changed rule; the first is refused if it is gone.
    pub(super) fn replace(&self, tenant: TenantId, rule: &ContentRule) -> [Action; 2] {
        [self.table.put(&key(tenant, rule.id), rule).if_present(), self.count(tenant, 0)]
    }

    /// The writes by which a rule goes; the first is refused if it has gone.
    pub(super) fn delete(&self, tenant: TenantId, id: Uuid) -> [Action; 2] {
        [self.table.delete(&key(tenant, id)).if_present(), self.count(tenant, -1)]
    }

    /// One rule.
    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<ContentRule>, Error> {
        self.table.get(&key(tenant, id)).await
    }

    fn count(&self, tenant: TenantId, more: i32) -> Action {
        let update = self.table.update(&count_key(tenant), "ADD ruleCount :more, version :one");
        update.value(":more", more).value(":one", 1)
    }
}
