//! Asking for a mailed link. Nothing is looked up here, so the answer tells nothing: the worker knows whether there is
//! such an account.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::SYSTEM_TENANT;
use shared::http::Reply;
use shared::http::rules::email_address;
use shared::ids;
use shared::jobs::QueueName;
use shared::store::{Commit, Transaction};
use utoipa::ToSchema;

use crate::accounts::Identifier;
use crate::attempts::{MAILS_FROM, MAILS_IN_ALL, MAILS_TO};
use crate::jobs::{Job, LinkKind, MailLink};
use crate::sessions::Device;
use crate::{AuthError, State};

/// Whose link it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The account's address.
    #[garde(custom(email_address))]
    #[schema(example = "ada@example.com")]
    email: String,
}

/// That a mail is on its way, if there is such an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requested {
    /// Always true, whether or not there is such an account.
    pub(crate) requested: bool,
}

/// Has the worker mail a link to the owner of an address.
pub(crate) async fn request_link(
    state: &State,
    device: &Device,
    kind: LinkKind,
    request: &LinkRequest,
) -> Result<Reply<Requested>, AuthError> {
    state.attempts.admit(MAILS_FROM, &device.address).await?;
    admit_mail(state, kind.name(), &request.email, device).await?;
    let job = Job::MailLink(MailLink { id: ids::new(state.platform.clock()), kind, email: request.email.clone() });
    let mut transaction = Transaction::new(state.platform.store());
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, QueueName::Auth, SYSTEM_TENANT, &job, None)?;
    match transaction.commit().await? {
        Commit::Done => outbox.send(entries).await,
        Commit::Refused(_) => return Err(Error::internal("a new outbox item was refused").into()),
    }
    Ok(Reply::accepted(Requested { requested: true }))
}

/// Counts a mail of some kind that somebody unknown asks for, to whomever.
pub(crate) async fn admit_mail(state: &State, kind: &str, email: &str, device: &Device) -> Result<(), Error> {
    let to = Identifier::email(email).partition();
    state.attempts.admit(MAILS_TO, &format!("{kind}|{to}|{}", device.network())).await?;
    state.attempts.admit(MAILS_IN_ALL, &format!("{kind}|{to}")).await?;
    Ok(())
}
