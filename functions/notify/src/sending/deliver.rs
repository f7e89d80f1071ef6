//! One message of a queue: decides about each of its deliveries, and sends those that are to be sent.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::Entry;
use shared::store::{Commit, Transaction};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::attempt::{Target, attempt};
use super::backoff::MOST_ATTEMPTS;
use super::read::{Batch, Healths};
use super::route::{Route, route, spread};
use crate::State;
use crate::deliveries::{Delivery, State as DeliveryState, What};
use crate::erasure;
use crate::jobs::{Deliver, Job};
use crate::kinds::Channel;
use crate::notifications::{self, Notification};
use crate::providers::File;
use crate::rendering::{Compiled, Content, Variables};
use crate::rules::{Facts, Verdict};

/// How early a message may come: the queue's clock and ours differ.
const SLACK: SignedDuration = SignedDuration::from_secs(5);
/// Rounds for a delivery that others change meanwhile, or that goes to several devices.
const ROUNDS: usize = 20;
/// Bytes of a message in an inbox; an item takes 400 KB.
const LARGEST_INBOX_MESSAGE: usize = 200 * 1024;
/// How long after its time a message is still worth sending, when its providers are down.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// How long a job asks providers: with the two calls of the last message it ends before the worker does.
const LONGEST: Duration = Duration::from_secs(30);
/// The last time that a message comes before it goes to the dead-letter queue.
const LAST_RECEIVE: u32 = 5;

/// How a step ended.
pub(super) enum Step {
    /// There is nothing more to do now.
    Done,
    /// It is as this now; look at it again.
    Again(Box<Delivery>),
    /// Somebody else has changed it.
    Changed,
}

/// What one job's deliveries share.
pub(super) struct Work<'a> {
    pub(super) state: &'a State,
    pub(super) tenant: TenantId,
    pub(super) notification: &'a Notification,
    pub(super) healths: &'a Healths,
    /// After this no provider is asked.
    deadline: Instant,
    /// The request's own content.
    compiled: Option<Arc<Compiled>>,
    /// What a digest has collected, once somebody needs it.
    collected: OnceCell<Option<Variables>>,
    /// The request's files, once a mail needs them.
    pub(super) read_files: OnceCell<Option<Vec<File>>>,
    /// What was committed with the deliveries and is sent after all of them: in one call, and in nobody's way.
    unsent: Mutex<Vec<Entry>>,
}

/// Does what the job asks for. What is done already stays done, so a job may come twice.
pub(crate) async fn deliver(state: &State, job: &Deliver, receives: u32) -> Result<(), Error> {
    let batch = Batch::read(state, job).await?;
    let Some(notification) = &batch.notification else {
        for (delivery, facts) in &batch.deliveries {
            if facts.erased {
                erasure::forget(state, job.tenant_id, delivery).await?;
            }
        }
        return Ok(());
    };
    let compiled = notification.content.as_ref().and_then(|content| Compiled::new(content, &BTreeSet::new()).ok());
    let compiled = compiled.map(Arc::new);
    let work = Work {
        state,
        tenant: job.tenant_id,
        notification,
        healths: &batch.healths,
        deadline: Instant::now() + LONGEST,
        compiled,
        collected: OnceCell::new(),
        read_files: OnceCell::new(),
        unsent: Mutex::default(),
    };
    let each = batch.deliveries.iter().map(|(delivery, facts)| work.guarded(delivery, facts, receives));
    let outcomes = join_all(each).await;
    let unsent = work.unsent.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.platform.outbox().send(unsent).await;
    outcomes.into_iter().collect()
}

impl Work<'_> {
    /// A panic fails its own delivery alone. What fails by our fault each time is given up with the message.
    async fn guarded(&self, delivery: &Delivery, facts: &Facts, receives: u32) -> Result<(), Error> {
        let outcome = AssertUnwindSafe(self.settle(delivery, facts)).catch_unwind().await;
        let error = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => Error::internal(format!("a panic at delivery {}", delivery.id)),
        };
        if receives >= LAST_RECEIVE && matches!(error, Error::Internal(_)) {
            self.give_up(delivery).await?;
        }
        Err(error)
    }

    /// Takes the delivery as far as it gets now.
    async fn settle(&self, read: &Delivery, facts: &Facts) -> Result<(), Error> {
        let mut delivery = read.clone();
        for _ in 0..ROUNDS {
            match self.step(&delivery, facts).await? {
                Step::Done => return Ok(()),
                Step::Again(now) => delivery = *now,
                Step::Changed => match self.state.deliveries.get(self.tenant, delivery.id).await? {
                    Some(changed) => delivery = changed,
                    None => return Ok(()),
                },
            }
        }
        Err(Error::unavailable(format!("delivery {} keeps changing", delivery.id)))
    }

    async fn step(&self, delivery: &Delivery, facts: &Facts) -> Result<Step, Error> {
        let now = self.now();
        if facts.erased {
            erasure::forget(self.state, self.tenant, delivery).await?;
            return Ok(Step::Done);
        }
        match &delivery.state {
            DeliveryState::Queued => {}
            DeliveryState::Scheduled { due } if *due <= now + SLACK => {}
            DeliveryState::Sending { until, .. } if *until <= now => return self.interrupted(delivery).await,
            // Whoever has it may die: look again when nobody can have it any more.
            DeliveryState::Sending { until, .. } => return self.later(delivery, *until).await,
            // Its own message comes at its time; or its fate is decided.
            _ => return Ok(Step::Done),
        }
        let address = match facts.judge(delivery, now) {
            Verdict::Send(address) => address,
            Verdict::Later(until, what) => return self.defer(delivery, until, what).await,
            Verdict::Never(state, what) => return self.end(delivery, state, what).await,
        };
        if delivery.channel == Channel::Inapp {
            return self.deliver_to_inbox(delivery, facts).await;
        }
        let target = match (Target::device(delivery, facts), address) {
            (Some(device), _) => device,
            (None, Some(address)) => Target::address(address),
            // The last one is gone, or has it.
            (None, None) if !delivery.reached.is_empty() => {
                return self.end(delivery, DeliveryState::Sent, What::AllDevices).await;
            }
            (None, None) => {
                let missing = "device".to_owned();
                return self.end(delivery, DeliveryState::Failed, What::NoContact { missing }).await;
            }
        };
        let asked = match route(self, delivery, now) {
            Route::Ask(asked) => asked,
            Route::Wait { until, provider } => return self.wait(delivery, until, provider).await,
            Route::Nobody => return self.end(delivery, DeliveryState::Failed, What::NoProvider).await,
        };
        // Rendered messages are large: only some at a time, whatever comes in at once.
        let _place = self.place(delivery.channel).await?;
        let content = match self.ready(delivery, facts).await? {
            Ok(content) => content,
            Err(step) => return Ok(step),
        };
        let Some(files) = self.files(delivery.channel).await? else {
            return self.end(delivery, DeliveryState::Failed, What::AttachmentGone).await;
        };
        // A claim that outlives this process would look like a death: its turn comes again.
        if self.deadline < Instant::now() {
            return self.later(delivery, self.now() + spread()).await;
        }
        attempt(self, delivery, asked, &target, content, files).await
    }

    /// A provider is down: it waits, as long as it is still worth sending.
    pub(super) async fn wait(&self, delivery: &Delivery, until: Timestamp, provider: String) -> Result<Step, Error> {
        if self.is_too_late(delivery) {
            return self.end(delivery, DeliveryState::Failed, What::TooLate).await;
        }
        self.defer(delivery, until, What::ProviderDown { provider, until }).await
    }

    /// Whether it is not worth sending any more.
    pub(super) fn is_too_late(&self, delivery: &Delivery) -> bool {
        delivery.wanted_at() + PATIENCE < self.now()
    }

    async fn deliver_to_inbox(&self, delivery: &Delivery, facts: &Facts) -> Result<Step, Error> {
        let _place = self.place(delivery.channel).await?;
        match self.ready(delivery, facts).await? {
            Ok(content) => self.put_into_inbox(delivery, content).await,
            Err(step) => Ok(step),
        }
    }

    /// The message as it goes out, with its place among those that caps count; or how it has ended.
    async fn ready(&self, delivery: &Delivery, facts: &Facts) -> Result<Result<Content, Step>, Error> {
        let content = match self.render(delivery).await? {
            Ok(content) => content,
            Err(problem) => {
                return self.end(delivery, DeliveryState::Failed, What::RenderingFailed { problem }).await.map(Err);
            }
        };
        if let Some(user) = delivery.recipient.user() {
            let (caps, zone) = (facts.preferences.caps(delivery.channel), facts.time_zone());
            if let Some(what) = self.state.caps.take(self.tenant, user, delivery, &caps, zone, self.now()).await? {
                return self.end(delivery, DeliveryState::Suppressed, what).await.map(Err);
            }
        }
        Ok(Ok(content))
    }

    /// What it says, or why that cannot be rendered.
    async fn render(&self, delivery: &Delivery) -> Result<Result<Content, String>, Error> {
        let compiled = match delivery.template {
            Some(template) => self.state.templates.compiled(self.tenant, template).await?,
            None => self.compiled.clone(),
        };
        let Some(compiled) = compiled else {
            return Ok(Err("its template is gone".to_owned()));
        };
        let collected = if self.notification.digest {
            let close = || notifications::close(self.state, self.tenant, self.notification.id);
            self.collected.get_or_try_init(close).await?.as_ref()
        } else {
            None
        };
        let mut variables = self.state.deliveries.variables(delivery)?;
        variables.extend(collected.cloned().unwrap_or_default());
        Ok(compiled.render(&variables).map_err(|problem| problem.to_string()))
    }

    /// Its worker has died, or its lease has ended with it.
    async fn interrupted(&self, delivery: &Delivery) -> Result<Step, Error> {
        if delivery.attempts + 1 >= MOST_ATTEMPTS {
            return self.end(delivery, DeliveryState::Failed, What::Crashed).await;
        }
        let after = delivery.interrupted(What::Interrupted, self.now());
        let replaced = self.state.deliveries.replace(self.tenant, delivery, &after).run().await?;
        Ok(if replaced { Step::Again(Box::new(after)) } else { Step::Changed })
    }

    async fn put_into_inbox(&self, delivery: &Delivery, content: Content) -> Result<Step, Error> {
        let Some(user) = delivery.recipient.user() else {
            return self.end(delivery, DeliveryState::Failed, What::NoProvider).await;
        };
        if content.size() > LARGEST_INBOX_MESSAGE {
            let problem = format!("it has more than {LARGEST_INBOX_MESSAGE} bytes, which an inbox does not take");
            return self.end(delivery, DeliveryState::Failed, What::RenderingFailed { problem }).await;
        }
        let after = delivery.after(DeliveryState::Sent, What::InInbox, self.now());
        let (mut transaction, entries) = self.change(delivery, &after)?;
        transaction.extend(self.state.inbox.put(self.tenant, user, delivery, content));
        self.commit(transaction, entries).await
    }

    /// Its fate is decided.
    pub(super) async fn end(&self, delivery: &Delivery, state: DeliveryState, what: What) -> Result<Step, Error> {
        self.write(delivery, &delivery.after(state, what, self.now())).await
    }

    /// It waits, and a new message comes when its time has come.
    pub(super) async fn defer(&self, delivery: &Delivery, until: Timestamp, what: What) -> Result<Step, Error> {
        let after = delivery.after(DeliveryState::Scheduled { due: until }, what, self.now());
        self.put_off(delivery, &after, until).await
    }

    /// The same with another change than the state alone.
    pub(super) async fn put_off(&self, before: &Delivery, after: &Delivery, until: Timestamp) -> Result<Step, Error> {
        let (mut transaction, mut entries) = self.change(before, after)?;
        entries.extend(self.enqueue(&mut transaction, after, until)?);
        self.commit(transaction, entries).await
    }

    /// A new message comes then; nothing else changes.
    async fn later(&self, delivery: &Delivery, until: Timestamp) -> Result<Step, Error> {
        let mut transaction = Transaction::new(self.state.platform.store());
        let entries = self.enqueue(&mut transaction, delivery, until)?;
        self.commit(transaction, entries).await
    }

    fn enqueue(&self, transaction: &mut Transaction, delivery: &Delivery, due: Timestamp) -> Result<Vec<Entry>, Error> {
        let job = Job::Deliver(Deliver::one(self.tenant, delivery));
        self.state.platform.outbox().add(transaction, delivery.priority.queue(), self.tenant, &job, Some(due))
    }

    async fn give_up(&self, read: &Delivery) -> Result<(), Error> {
        let found = self.state.deliveries.get(self.tenant, read.id).await?;
        let now = self.now();
        let is_others =
            |delivery: &Delivery| matches!(delivery.state, DeliveryState::Sending { until, .. } if until > now);
        if let Some(delivery) = found.filter(|found| found.state.status().is_open() && !is_others(found)) {
            self.end(&delivery, DeliveryState::Failed, What::Crashed).await?;
        }
        Ok(())
    }

    /// The transaction that makes `before` into `after`, with what is to be sent after it.
    pub(super) fn change(&self, before: &Delivery, after: &Delivery) -> Result<(Transaction, Vec<Entry>), Error> {
        let mut transaction = Transaction::new(self.state.platform.store());
        let entries = self.state.deliveries.change(&mut transaction, self.tenant, before, after, self.now())?;
        Ok((transaction, entries))
    }

    /// Makes `before` into `after`.
    pub(super) async fn write(&self, before: &Delivery, after: &Delivery) -> Result<Step, Error> {
        let (transaction, entries) = self.change(before, after)?;
        self.commit(transaction, entries).await
    }

    /// Whoever changed the delivery first has decided: then nothing is written, and nothing sent.
    async fn commit(&self, transaction: Transaction, entries: Vec<Entry>) -> Result<Step, Error> {
        match transaction.commit().await? {
            Commit::Done => {
                self.send_after_all(entries);
                Ok(Step::Done)
            }
            Commit::Refused(_) => Ok(Step::Changed),
        }
    }

    /// Has committed entries sent with those of the job's other deliveries.
    pub(super) fn send_after_all(&self, entries: Vec<Entry>) {
        self.unsent.lock().unwrap_or_else(PoisonError::into_inner).extend(entries);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.state.platform.clock().now()
    }
}
