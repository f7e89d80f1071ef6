//! Accepted requests' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#NOTIFICATION#<id>` | `NOTIFICATION` | what to say |
//! | `TENANT#<id>#DEDUPE#<id>` | `DEDUPE` | that a request with this key was accepted; the id comes from the key |

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::auth::TenantId;
use shared::store::{Action, Key, Table};
use uuid::Uuid;

use super::model::Notification;
use crate::deliveries::{open_partition, place_of};

/// How long a `dedupeKey` is remembered.
const DEDUPED: SignedDuration = SignedDuration::from_hours(24);

/// The accepted requests.
#[derive(Clone, Debug)]
pub(crate) struct Notifications {
    table: Table,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    notification: &'a Notification,
    /// A bulk request is open until its parts are deliveries.
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi3pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi3sk: Option<String>,
    ttl: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Guard {
    notification_id: Uuid,
    /// In milliseconds, so that conditions can compare it.
    expires_at: i64,
    ttl: i64,
}

impl Notifications {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write that keeps a request.
    pub(crate) fn create(&self, tenant: TenantId, notification: &Notification, expires_at: Timestamp) -> Action {
        let open = notification.bulk.as_ref().map(|_| notification.id);
        let row = Row {
            notification,
            gsi3pk: open.map(open_partition),
            gsi3sk: open.map(|id| place_of(notification.created_at, id)),
            ttl: expires_at.as_second(),
        };
        self.table.put(&key(tenant, notification.id), &row).if_absent()
    }

    /// The write that remembers a `dedupeKey`; refused while it is remembered already.
    pub(super) fn guard(&self, tenant: TenantId, text: &str, notification: &Notification) -> Action {
        let id = shared::seal::name_id("dedupe", format!("{tenant}#{text}").as_bytes());
        let until = notification.created_at + DEDUPED;
        let guard =
            Guard { notification_id: notification.id, expires_at: until.as_millisecond(), ttl: until.as_second() };
        let put = self.table.put(&Key::new(format!("TENANT#{tenant}#DEDUPE#{id}"), "DEDUPE"), &guard);
        put.when("attribute_not_exists(pk) OR expiresAt <= :now")
            .value(":now", notification.created_at.as_millisecond())
    }
}

/// The request whose key this is, if it is one's.
pub(crate) fn notification_of(key: &Key) -> Option<Uuid> {
    key.pk.split_once("#NOTIFICATION#")?.1.parse().ok()
}

/// Where a request is.
pub(crate) fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#NOTIFICATION#{id}"), "NOTIFICATION")
}
