//! Everything that is needed to decide about some deliveries, in two reads.

use std::collections::{HashMap, HashSet};

use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::Found;

use crate::State;
use crate::contacts::Contacts;
use crate::deliveries::{self, Delivery, Held};
use crate::devices::Devices;
use crate::jobs::Deliver;
use crate::kinds::Channel;
use crate::notifications::{self, Notification};
use crate::preferences::{Preferences, PreferencesStore};
use crate::providers::{Health, Watch};
use crate::rules::Facts;

/// A job's deliveries, with what is known of their recipients.
pub(super) struct Batch {
    /// `None` once it is forgotten.
    pub(super) notification: Option<Notification>,
    pub(super) deliveries: Vec<(Delivery, Facts)>,
    /// How providers are that do not just work.
    pub(super) healths: Healths,
}

/// Providers that have failed lately, by channel and name.
pub(super) type Healths = HashMap<(Channel, String), Health>;

impl Batch {
    /// Reads `job`.
    pub(super) async fn read(state: &State, job: &Deliver) -> Result<Self, Error> {
        let tenant = job.tenant_id;
        let users: HashSet<UserId> = job.deliveries.iter().filter_map(|place| place.user_id).collect();
        let mut keys = vec![notifications::key(tenant, job.notification_id)];
        keys.extend(job.deliveries.iter().map(|place| deliveries::key(tenant, place.id)));
        for user in &users {
            keys.extend(Contacts::keys(tenant, *user));
            keys.push(PreferencesStore::key(tenant, *user));
            keys.push(Devices::key(tenant, *user));
        }
        keys.extend(state.providers.all().map(|(channel, provider)| Watch::key(provider.name(), channel)));
        let mut found = state.platform.table().get_each(&keys).await?;
        let notification = found.take::<Notification>(&notifications::key(tenant, job.notification_id))?;
        let mut deliveries = Vec::with_capacity(job.deliveries.len());
        for place in &job.deliveries {
            if let Some(held) = found.take::<Held>(&deliveries::key(tenant, place.id))? {
                let facts = facts(&found, tenant, held.delivery.recipient.user())?;
                deliveries.push((held.delivery, facts));
            }
        }
        let mut healths = Healths::new();
        for (channel, provider) in state.providers.all() {
            if let Some(health) = found.take(&Watch::key(provider.name(), channel))? {
                healths.insert((channel, provider.name().to_owned()), health);
            }
        }
        let of_platform = notification.as_ref().is_some_and(|request| request.created_by.is_none());
        suppressions(state, tenant, &mut deliveries, of_platform).await?;
        Ok(Self { notification, deliveries, healths })
    }
}

fn facts(found: &Found, tenant: TenantId, user: Option<UserId>) -> Result<Facts, Error> {
    let Some(user) = user else {
        return Ok(Facts::default());
    };
    let preferences: Option<Preferences> = found.get(&PreferencesStore::key(tenant, user))?;
    Ok(Facts {
        contact: Contacts::among(found, tenant, user)?,
        erased: Contacts::is_erased(found, user)?,
        preferences: preferences.unwrap_or_default(),
        devices: Devices::among(found, tenant, user)?,
        suppression: None,
    })
}

/// Addresses are known only now.
async fn suppressions(
    state: &State,
    tenant: TenantId,
    deliveries: &mut [(Delivery, Facts)],
    of_platform: bool,
) -> Result<(), Error> {
    let (places, addresses): (Vec<usize>, Vec<(Channel, String)>) = deliveries
        .iter()
        .enumerate()
        .filter_map(|(place, (delivery, facts))| Some((place, (delivery.channel, facts.address(delivery)?))))
        .unzip();
    for (place, said) in places.into_iter().zip(state.suppressions.of(tenant, &addresses).await?) {
        let (delivery, facts) = &mut deliveries[place];
        let stops = said.iter().find(|suppression| suppression.stops(delivery.category, of_platform));
        facts.suppression = stops.map(|suppression| suppression.reason);
    }
    Ok(())
}
