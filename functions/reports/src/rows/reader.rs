//! Reading rows in the order of time, and going on where another reader was.

use std::collections::VecDeque;

use futures_util::future::try_join_all;
use jiff::civil::Date;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Meter, Position, Query};
use tokio::task::JoinHandle;

use super::model::{Place, Row, day};
use super::store::{Rows, SHARDS};
use crate::datasets::Scope;

/// Rows of one read of one shard.
const PAGE: u32 = 250;
/// The last millisecond that there may be rows of, in the year 2286.
const LAST: i64 = 9_999_999_999_999;

/// Reads a dataset's rows, in the order of time.
pub(crate) struct Reader {
    rows: Rows,
    tenant: TenantId,
    dataset: String,
    scope: Scope,
    from: Place,
    to: Place,
    days: VecDeque<Date>,
    /// How many there were.
    all_days: usize,
    lanes: Vec<Lane>,
}

/// Rows that are read in one order, a page ahead.
struct Lane {
    query: Query,
    ready: VecDeque<Row>,
    next: Option<JoinHandle<Result<shared::store::Rows<Row>, Error>>>,
}

impl Reader {
    /// Rows between two milliseconds, both included, behind a place if one is given.
    pub(crate) async fn open(
        rows: &Rows,
        tenant: TenantId,
        dataset: &str,
        scope: Scope,
        (from, to): (i64, i64),
        behind: Option<&Place>,
    ) -> Result<Self, Error> {
        let (start, end) = (Place::start(from.max(0)), Place::end(to.clamp(0, LAST)));
        let first = behind.map_or(start, Place::next);
        // Filters may exclude each other.
        let is_empty = first > end;
        let (days, all_days) = match scope {
            _ if is_empty => (VecDeque::new(), 1),
            // His are in one order already.
            Scope::Own(_) => (VecDeque::new(), 1),
            Scope::All => {
                let days = rows.days(tenant, dataset, day(from.max(0)), day(to.clamp(0, LAST))).await?;
                let begun = behind.and_then(Place::day);
                let left = days.iter().copied().filter(|day| begun.is_none_or(|begun| *day >= begun)).collect();
                (left, days.len())
            }
        };
        let mut reader = Self {
            rows: rows.clone(),
            tenant,
            dataset: dataset.to_owned(),
            scope,
            from: first,
            to: end,
            days,
            all_days,
            lanes: Vec::new(),
        };
        if let Scope::Own(user) = scope
            && !is_empty
        {
            let own = reader.rows.own(tenant, dataset, user, (&reader.from, &reader.to));
            reader.lanes = vec![Lane::begin(own).await?];
        }
        Ok(reader)
    }

    /// The next row; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Row>, Error> {
        loop {
            if let Some(row) = self.take().await? {
                return Ok(Some(row));
            }
            let Some(day) = self.days.pop_front() else { return Ok(None) };
            let range = (&self.from, &self.to);
            let shards = (0..SHARDS).map(|shard| self.rows.shard(self.tenant, &self.dataset, day, shard, range));
            self.lanes = try_join_all(shards.map(Lane::begin)).await?;
        }
    }

    /// Which part of the days is read, from 0 to 1; of a user's own rows that is not known.
    #[expect(clippy::cast_precision_loss, reason = "days")]
    pub(crate) fn progress(&self) -> f64 {
        match self.scope {
            Scope::Own(_) => 0.0,
            Scope::All => 1.0 - self.days.len() as f64 / self.all_days.max(1) as f64,
        }
    }

    /// The first row of all lanes.
    async fn take(&mut self) -> Result<Option<Row>, Error> {
        let firsts = self.lanes.iter().enumerate().filter_map(|(lane, l)| Some((l.ready.front()?, lane)));
        let first = firsts.min_by(|(a, _), (b, _)| (a.at, &a.id).cmp(&(b.at, &b.id))).map(|(_, lane)| lane);
        let Some(lane) = first.and_then(|first| self.lanes.get_mut(first)) else { return Ok(None) };
        let row = lane.ready.pop_front();
        if lane.ready.is_empty() {
            lane.refill().await?;
        }
        Ok(row)
    }
}

impl Lane {
    async fn begin(query: Query) -> Result<Self, Error> {
        let mut lane = Self { query, ready: VecDeque::new(), next: None };
        lane.fetch(None);
        lane.refill().await?;
        Ok(lane)
    }

    fn fetch(&mut self, after: Option<Position>) {
        let page = self.query.clone().limit(PAGE).after(after).page();
        // A task of its own, so that it is read meanwhile; counted as this one's.
        self.next = Some(match Meter::current() {
            Some(meter) => tokio::spawn(meter.measure(page)),
            None => tokio::spawn(page),
        });
    }

    /// Takes the page that was asked for, and asks for the next one.
    async fn refill(&mut self) -> Result<(), Error> {
        while self.ready.is_empty() {
            let Some(next) = self.next.take() else { return Ok(()) };
            let page = next.await.map_err(Error::internal)??;
            self.ready = page.items.into();
            if page.next.is_some() {
                self.fetch(page.next);
            }
        }
        Ok(())
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Some(next) = &self.next {
            next.abort();
        }
    }
}
