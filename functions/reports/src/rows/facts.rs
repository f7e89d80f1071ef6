//! Facts that other services tell become rows of the platform's datasets.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use shared::Error;
use shared::auth::UserId;
use shared::jobs::{Fact, Facts};

use super::model::Row;
use crate::State;
use crate::datasets::of_fact;

/// How long facts are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Stores facts. Twice is once; those about erased users are dropped.
pub(crate) async fn store_facts(state: &State, facts: &Facts) -> Result<(), Error> {
    let users: HashSet<UserId> = facts.facts.iter().filter_map(|fact| fact.user_id).collect();
    let erased = state.rows.erased(users).await?;
    let now = state.platform.clock().now();
    let of_nobody_erased = |fact: &&Fact| fact.user_id.is_none_or(|user| !erased.contains(&user));
    let mut rows: Vec<(&'static str, Row)> =
        facts.facts.iter().filter(of_nobody_erased).map(|fact| row(fact, now)).collect::<Result<_, _>>()?;
    rows.sort_by_key(|(dataset, _)| *dataset);
    for of_one in rows.chunk_by(|(a, _), (b, _)| a == b) {
        let Some((dataset, _)) = of_one.first() else { continue };
        let rows: Vec<Row> = of_one.iter().map(|(_, row)| row.clone()).collect();
        let kept_until = |row: &Row| {
            let at = Timestamp::from_millisecond(row.at).unwrap_or(now);
            at.checked_add(KEPT).ok().map(Timestamp::as_second)
        };
        state.rows.add(facts.tenant_id, dataset, &rows, kept_until).await?;
    }
    Ok(())
}

fn row(fact: &Fact, now: Timestamp) -> Result<(&'static str, Row), Error> {
    let (platform, cells) = of_fact(fact);
    let row = Row {
        id: fact.id.to_string(),
        at: fact.at.as_millisecond(),
        recorded_at: now.as_millisecond(),
        cells: serde_json::to_string(&cells).map_err(Error::internal)?,
        user: fact.user_id,
    };
    Ok((platform.name(), row))
}
