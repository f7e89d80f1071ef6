//! What is due is begun, each period once, however many timers fire.

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Commit, Transaction};

use super::begin;
use super::calendar::Calendar;
use super::model::{CatchUp, Outcome, Planned, Run, Schedule};
use super::store::SHARDS;
use crate::State;

/// How late a period may be begun without being missed.
const GRACE: SignedDuration = SignedDuration::from_mins(10);
/// Missed periods of one schedule that are made, or are noted as left out.
const MOST_MISSED: usize = 24;
/// Schedules of one shard and call.
const MOST: u32 = 200;
/// Schedules at a time.
const AT_ONCE: usize = 8;

/// Begins what is due. Called once a minute; what is left comes with the next call.
pub(crate) async fn begin_due(state: &State) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let mut failed = None;
    for shard in 0..SHARDS {
        let due = state.schedules.due(shard, now, MOST).await?;
        let each: Vec<_> = due.into_iter().map(|(tenant, schedule)| begin_one(state, tenant, schedule, now)).collect();
        let results: Vec<Result<(), Error>> = stream::iter(each).buffer_unordered(AT_ONCE).collect().await;
        failed = results.into_iter().find_map(Result::err).or(failed);
    }
    failed.map_or(Ok(()), Err)
}

/// Begins the periods of a schedule until now, one transaction each; whoever else does so at the same time wins or loses each.
async fn begin_one(state: &State, tenant: TenantId, mut schedule: Schedule, now: Timestamp) -> Result<(), Error> {
    let Ok(calendar) = Calendar::new(&schedule.wanted.cron, &schedule.wanted.time_zone) else { return Ok(()) };
    let Some(first) = schedule.next.filter(|next| *next <= now) else { return Ok(()) };
    let periods = periods(&calendar, first, now);
    let last = periods.len().saturating_sub(1);
    for (place, due) in periods.into_iter().enumerate() {
        let is_made = match schedule.wanted.catch_up {
            _ if due + GRACE >= now => true,
            CatchUp::Skip => false,
            CatchUp::RunLatest => place == last,
            CatchUp::RunAll => true,
        };
        let version = schedule.version + 1;
        let after = Schedule { next: calendar.after(due), version, ..schedule };
        let planned = Planned { schedule: after.id, due, manual: false };
        let mut transaction = Transaction::new(state.platform.store());
        transaction.add(state.schedules.replace(tenant, &after));
        let mut entries = Vec::new();
        if is_made {
            entries = begin::add(state, &mut transaction, tenant, &after, &planned).await?;
        } else {
            let outcome = Outcome::Skipped;
            let run = Run { due, manual: false, export: None, outcome, problem: None, updated_at: now };
            transaction.add(state.schedules.begin(tenant, &planned, &run));
        }
        if transaction.commit().await? != Commit::Done {
            return Ok(());
        }
        state.platform.outbox().send(entries).await;
        schedule = after;
    }
    Ok(())
}

/// When it was due from this time on until now: the last 24 times.
fn periods(calendar: &Calendar, first: Timestamp, now: Timestamp) -> Vec<Timestamp> {
    let mut back = vec![now];
    while let Some(before) = back.last().and_then(|last| calendar.before(*last)).filter(|before| *before >= first) {
        if back.len() > MOST_MISSED {
            break;
        }
        back.push(before);
    }
    // Now itself only counts if it is one.
    let is_due = calendar.before(now).and_then(|before| calendar.after(before)) == Some(now);
    let mut periods: Vec<Timestamp> = back.into_iter().skip(usize::from(!is_due)).take(MOST_MISSED).collect();
    periods.reverse();
    if periods.is_empty() { vec![first] } else { periods }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_24_times_until_now_are_periods() {
        let calendar = Calendar::new("0 * * * *", "UTC").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let found = periods(&calendar, at("2026-11-28T10:00:00Z"), at("2026-11-28T12:30:00Z"));
        assert_eq!(found, [at("2026-11-28T10:00:00Z"), at("2026-11-28T11:00:00Z"), at("2026-11-28T12:00:00Z")]);
        let exactly = periods(&calendar, at("2026-11-28T11:00:00Z"), at("2026-11-28T12:00:00Z"));
        assert_eq!(exactly, [at("2026-11-28T11:00:00Z"), at("2026-11-28T12:00:00Z")]);
        let many = periods(&calendar, at("2026-11-01T00:00:00Z"), at("2026-11-28T12:30:00Z"));
        assert_eq!((many.len(), many[23]), (24, at("2026-11-28T12:00:00Z")));
        assert_eq!(
            periods(&calendar, at("2026-11-28T12:00:00Z"), at("2026-11-28T12:00:30Z")),
            [at("2026-11-28T12:00:00Z")]
        );
    }
}
