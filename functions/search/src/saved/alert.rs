//! Telling the owner of a saved search, by notify.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::jobs::{self, About, Addressee, QueueName, SendMessage};
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use uuid::Uuid;

use crate::State;

/// How long it is waited for more, so that an import is one alert.
pub(super) const DELAY: SignedDuration = SignedDuration::from_secs(30);

/// Tries against more that comes.
const TRIES: usize = 5;

/// That the owner of a saved search is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alert {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    pub(super) search: Uuid,
}

/// Tells him of everything that has come together. Another message finds nothing more, and tells nothing.
pub(crate) async fn alert(state: &State, wanted: &Alert) -> Result<(), Error> {
    for _ in 0..TRIES {
        if tell(state, wanted).await? {
            return Ok(());
        }
    }
    Err(Error::unavailable("ever more has come"))
}

/// Whether he is told, and of everything.
async fn tell(state: &State, Alert { tenant, user, search }: &Alert) -> Result<bool, Error> {
    let count = state.saved.pending(*tenant, *search).await?;
    if count == 0 {
        return Ok(true);
    }
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.saved.told(*tenant, *search, count));
    let saved = state.saved.get(*tenant, *user, *search).await?;
    let mut entries = Vec::new();
    // Of one that is deleted nobody wants to hear.
    if let Some(saved) = saved.filter(|saved| saved.search.alerts) {
        let message = SendMessage {
            id: ids::new(state.platform.clock()),
            tenant_id: *tenant,
            to: Addressee::User(*user),
            about: About::SearchAlert {
                search: saved.search.name,
                count: u32::try_from(count).unwrap_or(u32::MAX),
                link: format!("{}/searches/{search}", state.app_base_url),
            },
        };
        let job = jobs::Job::SendMessage(message);
        entries = state.platform.outbox().add(&mut transaction, QueueName::Notify, *tenant, &job, None)?;
    }
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.outbox().send(entries).await;
            Ok(true)
        }
        Commit::Refused(_) => Ok(false),
    }
}
