//! The end of every sign-in, whatever was shown: tokens, or the challenge of an account with a second factor.

use serde::Serialize;
use shared::auth::TenantId;
use shared::ids;
use shared::jobs::{About, Entry, Fact, SecondFactor, SignInMethod, SignInOutcome, What};
use shared::store::{Commit, Transaction};
use utoipa::ToSchema;

use crate::accounts::{Account, Identity, Touch};
use crate::audit::{Act, Event};
use crate::oauth::ProviderName;
use crate::sessions::{Device, Session, Tokens};
use crate::totp::tell_used_code;
use crate::{AuthError, State, mail};

/// Devices that an account knows again.
const DEVICES: usize = 50;

/// Tokens, or the challenge of an account with a second factor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignInAnswer {
    /// Signed in.
    Tokens(Box<Tokens>),
    /// A second factor is needed.
    Challenge(MfaChallenge),
}

/// That a second factor is needed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaChallenge {
    /// Always true.
    mfa_required: bool,
    /// To be shown with the code, within 5 minutes.
    mfa_token: String,
    /// What the account can answer with.
    #[schema(example = json!(["totp"]))]
    available_methods: Vec<&'static str>,
}

/// Somebody who has shown who he is.
pub(crate) struct Entrance<'a> {
    pub(crate) account: &'a Account,
    /// Where to, from [`Account::membership`].
    pub(crate) tenant: TenantId,
    pub(crate) device: &'a Device,
    pub(crate) method: SignInMethod,
    pub(crate) second_factor: Option<SecondFactor>,
    /// What changes in the account besides.
    pub(crate) touch: Touch,
    /// Writes that happen with the sign-in or not at all.
    pub(crate) transaction: Transaction,
}

/// How it ended.
#[must_use]
pub(crate) enum Entered {
    /// He is in, or challenged.
    Done(SignInAnswer),
    /// The account has changed since it was read, or the identity is somebody's by now; nothing is written.
    Changed,
    /// The write with this index, of those that came with it, was refused; nothing is written.
    Refused(usize),
}

impl Entrance<'_> {
    /// Lets him in, or asks for the second factor of an account that has one. A passkey is two factors in one.
    pub(crate) async fn enter(self, state: &State) -> Result<Entered, AuthError> {
        self.enter_linking(state, None).await
    }

    /// The same, and links the identity by which he comes; not before the second factor is shown.
    pub(crate) async fn enter_linking(
        mut self,
        state: &State,
        identity: Option<Identity>,
    ) -> Result<Entered, AuthError> {
        let identities = identity.clone().map(|identity| self.account.identities_with(identity)).transpose()?;
        let shown_both = self.second_factor.is_some() || self.method == SignInMethod::Passkey;
        if self.account.totp.is_some() && !shown_both {
            return self.challenge(state, identity).await;
        }
        self.touch.identities = identities;
        self.begin_session(state, identity).await
    }

    async fn challenge(mut self, state: &State, identity: Option<Identity>) -> Result<Entered, AuthError> {
        let unchanged = self.transaction.add(state.accounts.touch(self.account, &self.touch));
        let (begin, mfa_token) = state.challenges.begin(self.account, self.tenant, self.method, identity)?;
        self.transaction.add(begin);
        let entries = self.add_fact(state, SignInOutcome::Challenged)?;
        self.record(state, Act::SecondFactorAsked, None);
        let challenge = MfaChallenge { mfa_required: true, mfa_token, available_methods: vec!["totp"] };
        self.commit(state, &[unchanged], entries, SignInAnswer::Challenge(challenge)).await
    }

    async fn begin_session(mut self, state: &State, identity: Option<Identity>) -> Result<Entered, AuthError> {
        let mut entries = self.remember_device(state)?;
        entries.extend(tell_used_code(state, &mut self.transaction, self.account, &self.touch)?);
        let mut unchanged = vec![self.transaction.add(state.accounts.touch(self.account, &self.touch))];
        if let Some(identity) = identity {
            unchanged.push(self.transaction.add(state.accounts.claim_identity(&identity, self.account.id)));
            entries.extend(self.tell_linked(state, &identity)?);
        }
        let now = self.account.begins_session_at(self.tenant, state.platform.clock().now());
        let session = Session::begin(ids::at(now), self.account.id, self.tenant, self.device.clone(), now);
        let (begin, refresh_token) = state.sessions.begin(session.clone())?;
        self.transaction.add(begin);
        entries.extend(self.add_fact(state, SignInOutcome::Success)?);
        self.record(state, Act::SignedIn, Some(session.id));
        // Signed before the commit: a failure here must not leave a session that nobody has.
        let tokens = Tokens::issue(state, self.account, &session, refresh_token).await?;
        self.commit(state, &unchanged, entries, SignInAnswer::Tokens(Box::new(tokens))).await
    }

    async fn commit(
        self,
        state: &State,
        unchanged: &[usize],
        entries: Vec<Entry>,
        answer: SignInAnswer,
    ) -> Result<Entered, AuthError> {
        match self.transaction.commit().await? {
            Commit::Done => {
                state.platform.outbox().send(entries).await;
                Ok(Entered::Done(answer))
            }
            Commit::Refused(index) if unchanged.contains(&index) => Ok(Entered::Changed),
            Commit::Refused(index) => Ok(Entered::Refused(index)),
        }
    }

    /// A device that the account does not know is remembered, and its owner told; not of his first one.
    fn remember_device(&mut self, state: &State) -> Result<Vec<Entry>, AuthError> {
        let tag = self.device.tag(state.platform.sealer(), self.account.id)?;
        let known = &self.account.devices;
        if known.contains(&tag) {
            return Ok(Vec::new());
        }
        let kept = known.iter().skip((known.len() + 1).saturating_sub(DEVICES));
        self.touch.devices = Some(kept.cloned().chain([tag]).collect());
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let at = mail::in_words(self.account, state.platform.clock().now());
        let about = About::NewDevice { device: self.device.label(), at };
        Ok(mail::tell_owner(state, &mut self.transaction, self.account, about)?)
    }

    /// Tells the owner and the audit log of a linked identity.
    fn tell_linked(&mut self, state: &State, identity: &Identity) -> Result<Vec<Entry>, AuthError> {
        let (account, provider) = (self.account, &identity.provider);
        let event = Event::own(account.home(), account.id, Act::IdentityLinked, self.device, identity.linked_at);
        self.transaction.add(state.audit.record(&event.with(|details| details.subject = Some(provider.clone()))));
        let factor = ProviderName::named(provider).map_or_else(|| provider.clone(), |name| name.label().to_owned());
        let about = About::FactorAdded { factor, at: mail::in_words(account, identity.linked_at) };
        Ok(mail::tell_owner(state, &mut self.transaction, account, about)?)
    }

    /// Adds the fact, for reports.
    fn add_fact(&mut self, state: &State, outcome: SignInOutcome) -> Result<Vec<Entry>, AuthError> {
        let at = state.platform.clock().now();
        let what = What::SignIn { method: self.method, second_factor: self.second_factor, outcome };
        let fact = Fact { id: ids::at(at), user_id: Some(self.account.id), at, what };
        Ok(state.platform.outbox().add_facts(&mut self.transaction, self.tenant, vec![fact])?)
    }

    fn record(&mut self, state: &State, act: Act, session: Option<uuid::Uuid>) {
        let now = state.platform.clock().now();
        let event = Event::own(self.tenant, self.account.id, act, self.device, now).with(|details| {
            details.method = Some(self.method);
            details.second_factor = self.second_factor;
            details.session_id = session;
        });
        self.transaction.add(state.audit.record(&event));
    }
}
