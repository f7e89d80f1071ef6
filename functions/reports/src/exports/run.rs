//! One worker's part of an export, from the checkpoint where it is to the next place to stop.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::jobs::QueueName;
use shared::store::{Commit, Transaction};
use shared::{Error, ServiceError};
use tokio::time::Instant;

use super::cleaning::CleanUp;
use super::heartbeat::Heartbeat;
use super::model::{Export, Failure, State as ExportState, Which};
use super::store::SHARDS;
use super::work::{Phase, Work};
use crate::definitions::Plan;
use crate::jobs::Job;
use crate::{ReportsError, State};

/// Rows that are being stored when an export is asked for are there by then, or are later ones.
pub(super) const SETTLING: SignedDuration = SignedDuration::from_secs(1);
/// How long one message works before another one goes on: well below the worker's timeout.
const PATIENCE: Duration = Duration::from_secs(40);
/// An export that nothing has happened to for so long is woken.
const SILENT: SignedDuration = SignedDuration::from_secs(60);
/// How often it is woken without getting further before it is given up.
const MOST_WAKES: u32 = 5;
/// How long an export waits in the queue before it is told of again.
const WAITING: SignedDuration = SignedDuration::from_mins(10);
/// Exports that are looked at at a time.
const AT_ONCE: u32 = 1000;

/// An export is to be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunExport {
    #[serde(flatten)]
    pub(super) which: Which,
    pub(super) attempt: u32,
}

/// What becomes of a worker's part after a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    GoOn,
    /// Another message goes on, or somebody has cancelled or deleted it.
    Stop,
}

/// An export that is being worked on.
pub(super) struct Running<'a> {
    pub(super) state: &'a State,
    pub(super) which: Which,
    pub(super) export: Export,
    pub(super) work: Work,
    deadline: Instant,
    heartbeat: Option<Heartbeat>,
}

/// Goes on with an export. Twice is once, and what is killed goes on from its last checkpoint.
pub(crate) async fn run(state: &State, job: &RunExport) -> Result<(), Error> {
    let Some((export, work)) = state.exports.get_with_work(job.which).await? else { return Ok(()) };
    if export.is_over() || export.attempt != job.attempt {
        return Ok(());
    }
    let (now, settled) = (state.platform.clock().now(), export.as_of + SETTLING);
    if now < settled {
        return again(state, job, settled).await;
    }
    if !state.exports.claim(job.which, work.step, now).await? {
        // Whoever has it may be dead: then its claim ends.
        let ends = Timestamp::from_millisecond(work.claimed_until).unwrap_or(now).max(now);
        return again(state, job, ends + SETTLING).await;
    }
    let deadline = Instant::now() + PATIENCE;
    let heartbeat = Some(Heartbeat::begin(state, job.which, work.step));
    let mut running = Running { state, which: job.which, export, work, deadline, heartbeat };
    match running.go_on().await {
        Ok(()) => Ok(()),
        Err(ReportsError::Common(error @ (Error::Unavailable(_) | Error::Timeout))) => Err(error),
        Err(error) => {
            if error.problem().status >= 500 {
                tracing::error!(export.id = %job.which.id, error.chain = %error, "an export cannot be made");
            }
            running.fail(&error).await
        }
    }
}

/// Comes again then.
async fn again(state: &State, job: &RunExport, due: Timestamp) -> Result<(), Error> {
    let transaction = Transaction::new(state.platform.store());
    let later = (QueueName::ReportsExports, job.which.tenant, Some(due));
    state.platform.outbox().commit_with(transaction, later, &Job::RunExport(*job)).await
}

impl Running<'_> {
    async fn go_on(&mut self) -> Result<(), ReportsError> {
        let (tenant, definition) = (self.which.tenant, &self.export.definition);
        let dataset = self.state.datasets.get(tenant, &definition.dataset).await?;
        let dataset = dataset.ok_or(ReportsError::DatasetNotFound)?;
        let moments = definition.moments(self.export.seen_from())?;
        let plan = Arc::new(Plan::new(definition, &dataset, &self.export.parameters, moments, true)?);
        loop {
            let after = match self.work.phase.clone() {
                Phase::Collect { behind, read } => self.collect(&plan, dataset.name(), behind, read).await?,
                Phase::Render(written) => self.render(&plan, written).await?,
                Phase::Finish { written, sha256 } => return Ok(self.finish(&written, sha256).await?),
            };
            if after == After::Stop {
                return Ok(());
            }
        }
    }

    /// Writes how far it is, and whether somebody else goes on from there.
    pub(super) async fn checkpoint(&mut self, phase: Phase, progress: f64, rows: u64) -> Result<After, Error> {
        let now = self.state.platform.clock().now();
        let state = match &phase {
            Phase::Collect { .. } => ExportState::Collecting,
            Phase::Render(_) | Phase::Finish { .. } => ExportState::Rendering,
        };
        let progress = percent(progress).max(self.export.progress);
        let after = Export { state, progress, rows, updated_at: now, ..self.export.clone() };
        let mut work = self.work.next(now, phase);
        let hands_over = Instant::now() > self.deadline;
        if hands_over {
            work.claimed_until = 0;
        }
        let mut transaction = Transaction::new(self.state.platform.store());
        transaction.add(self.state.exports.advance(self.which.tenant, &after, self.work.step, &work));
        transaction.add(self.state.exports.replace(self.which.tenant, &self.export, &after));
        let mut entries = Vec::new();
        let outbox = self.state.platform.outbox();
        if hands_over {
            let next = Job::RunExport(RunExport { which: self.which, attempt: self.export.attempt });
            entries = outbox.add(&mut transaction, QueueName::ReportsExports, self.which.tenant, &next, None)?;
        }
        if transaction.commit().await? != Commit::Done {
            return Ok(After::Stop);
        }
        outbox.send(entries).await;
        (self.export, self.work) = (after, work);
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.keep(self.work.step);
        }
        Ok(if hands_over { After::Stop } else { After::GoOn })
    }

    /// It is over, and what it was made of can go.
    pub(super) async fn end(&mut self, state: ExportState, rows: u64) -> Result<(), Error> {
        let now = self.state.platform.clock().now();
        let progress = if matches!(state, ExportState::Completed { .. }) { 100 } else { self.export.progress };
        let after = Export { state, progress, rows, updated_at: now, ..self.export.clone() };
        let work = self.work.next(now, self.work.phase.clone());
        let mut transaction = Transaction::new(self.state.platform.store());
        transaction.add(self.state.exports.advance(self.which.tenant, &after, self.work.step, &work));
        transaction.add(self.state.exports.replace(self.which.tenant, &self.export, &after));
        let job = Job::CleanUp(CleanUp::after(self.which.tenant, &after, &work));
        let outbox = self.state.platform.outbox();
        let mut entries = outbox.add(&mut transaction, QueueName::Reports, self.which.tenant, &job, None)?;
        entries.extend(after.tell_end(self.state, &mut transaction, self.which)?);
        if transaction.commit().await? == Commit::Done {
            outbox.send(entries).await;
        }
        Ok(())
    }

    async fn fail(&mut self, error: &ReportsError) -> Result<(), Error> {
        let failure = Failure { code: error.problem().code.to_owned(), message: error.to_string() };
        let at = self.state.platform.clock().now();
        self.end(ExportState::Failed { failure, at }, self.export.rows).await
    }
}

/// Sends new messages for exports that nothing has happened to though something should have: their worker has died.
pub(crate) async fn wake(state: &State) -> Result<(), Error> {
    let silent = state.platform.clock().now() - SILENT;
    let mut failed = None;
    for shard in 0..SHARDS {
        for (which, _) in state.exports.silent_since(shard, silent, AT_ONCE).await? {
            // One must not keep the others from going on.
            failed = wake_one(state, which).await.err().or(failed);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn wake_one(state: &State, which: Which) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let Some((export, work)) = state.exports.get_with_work(which).await? else { return Ok(()) };
    let was_taken = work.claimed_until != 0;
    let since = now - if was_taken { SILENT } else { WAITING };
    if export.is_over() || export.updated_at > since || work.claimed_until > now.as_millisecond() {
        return Ok(());
    }
    if work.woken >= MOST_WAKES {
        let mut running = Running { state, which, export, work, deadline: Instant::now(), heartbeat: None };
        let error = ReportsError::Common(Error::internal("an export is interrupted each time"));
        return running.fail(&error).await;
    }
    let woken = work.woken + u32::from(was_taken);
    let woken = Work { woken, step: work.step + 1, claimed_until: 0, ..work.clone() };
    let after = Export { updated_at: now, ..export.clone() };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.exports.advance(which.tenant, &after, work.step, &woken));
    transaction.add(state.exports.replace(which.tenant, &export, &after));
    let next = Job::RunExport(RunExport { which, attempt: export.attempt });
    state.platform.outbox().commit_with(transaction, (QueueName::ReportsExports, which.tenant, None), &next).await
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
fn percent(part: f64) -> u8 {
    (part * 100.0).clamp(0.0, 99.0) as u8
}
