//! Everything that is known of a user, as the API shows it.

use std::collections::{BTreeSet, HashMap};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::exports::{Known, List, Page};
use shared::jobs::ExportUser;
use shared::store::{Key, Position};
use uuid::Uuid;

use crate::State;
use crate::contacts::Subject;
use crate::deliveries::{Delivery, DeliveryDetail};
use crate::notifications::{self, Notification};
use crate::rendering::{Content, Variables};

/// Messages of the inbox that are read at once.
const MESSAGES: u32 = 25;
/// Deliveries that are read at once: with its request one may have some hundred kilobytes.
const DELIVERIES: u32 = 10;

/// What notify knows of users.
pub(super) struct Lists<'a>(pub(super) &'a State);

/// What no tenant has for itself.
const FORMER_EMAILS: &str = "formerEmails";
/// What each tenant has.
const LISTS: [&str; 6] = ["contact", "preferences", "devices", "suppressions", "inbox", "deliveries"];

/// A message to him. What is sealed until it is sent, like links to sign in, is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    #[serde(flatten)]
    delivery: DeliveryDetail,
    /// The words, unless a template has them.
    content: Option<Content>,
    variables: Variables,
    /// What its digest has collected.
    collected: Option<Variables>,
    /// Names of the files that came along.
    attachments: Vec<String>,
}

impl Known for Lists<'_> {
    fn lists(&self, wanted: &ExportUser) -> Vec<List> {
        let in_tenant = |tenant: &TenantId| {
            let tenant = Some(*tenant);
            LISTS.map(|name| List { name, tenant })
        };
        let former = List { name: FORMER_EMAILS, tenant: None };
        std::iter::once(former).chain(wanted.tenants.iter().flat_map(in_tenant)).collect()
    }

    fn page<'a>(
        &'a self,
        wanted: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            let (state, user) = (self.0, wanted.user_id);
            if list.name == FORMER_EMAILS {
                return Page::whole(state.contacts.former_emails(user).await?);
            }
            let tenant = list.tenant.ok_or_else(|| Error::internal("a list of no tenant"))?;
            match list.name {
                "contact" => Page::whole(state.contacts.find(tenant, Subject::Own(user)).await?),
                "preferences" => Page::whole([state.preferences.get(tenant, user).await?]),
                "devices" => Page::whole(state.devices.views(tenant, user).await?),
                "suppressions" => {
                    let addresses = state.contacts.held_addresses(tenant, user).await?;
                    Page::whole(state.suppressions.of_held(tenant, &addresses).await?)
                }
                "inbox" => {
                    let (messages, next) = state.inbox.page(tenant, user, MESSAGES, after).await?;
                    Page::new(messages, next)
                }
                _ => said(state, tenant, user, after).await,
            }
        }
        .boxed()
    }
}

async fn said(state: &State, tenant: TenantId, user: UserId, after: Option<Position>) -> Result<Page, Error> {
    let places = state.deliveries.places_of(tenant, user, DELIVERIES, after).await?;
    let found = state.deliveries.at_all(&places.items).await?;
    let requests = Requests::of(state, tenant, &found).await?;
    Page::new(found.into_iter().map(|delivery| requests.said(delivery)), places.next)
}

/// The requests of some deliveries, with what digests have collected.
struct Requests(HashMap<Uuid, (Notification, Option<Variables>)>);

impl Requests {
    async fn of(state: &State, tenant: TenantId, deliveries: &[Delivery]) -> Result<Self, Error> {
        let ids: BTreeSet<Uuid> = deliveries.iter().map(|delivery| delivery.notification_id).collect();
        let keys: Vec<Key> = ids.into_iter().map(|id| notifications::key(tenant, id)).collect();
        let read: Vec<Option<Notification>> = state.platform.table().get_all(&keys).await?;
        let digests = read.iter().zip(&keys).filter(|(request, _)| request.as_ref().is_some_and(|it| it.digest));
        let digests: Vec<Key> = digests.map(|(_, key)| key.clone()).collect();
        let mut collected = notifications::collected(state, &digests).await?.into_iter();
        let requests = read.into_iter().flatten().map(|request| {
            let collected = if request.digest { collected.next().flatten() } else { None };
            (request.id, (request, collected))
        });
        Ok(Self(requests.collect()))
    }

    fn said(&self, delivery: Delivery) -> Said {
        let request = self.0.get(&delivery.notification_id);
        Said {
            content: request.and_then(|(request, _)| request.content.clone()),
            collected: request.and_then(|(_, collected)| collected.clone()),
            attachments: request
                .map(|(request, _)| request.attachments.iter().map(|file| file.name.clone()).collect())
                .unwrap_or_default(),
            delivery: delivery.detail(),
            variables: delivery.variables,
        }
    }
}
