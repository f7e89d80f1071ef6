//! Reading one partition in order.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use serde::de::DeserializeOwned;

use super::failure::classify;
use super::item::{Attributes, Key, Stored, from_attributes};
use super::{Meter, Table};
use crate::error::Error;

/// A query on one partition of a table or of one of its indexes.
#[derive(Clone, Debug)]
#[must_use = "a query does nothing until it runs"]
pub struct Query {
    table: Table,
    index: Option<&'static str>,
    pk: String,
    range: Range,
    backwards: bool,
    limit: Option<u32>,
    after: Option<Position>,
}

/// Where a page ended: the attributes that the next one starts after.
pub type Position = std::collections::BTreeMap<String, String>;

#[derive(Clone, Debug)]
enum Range {
    All,
    Prefix(String),
    Between(String, String),
}

/// Rows of a query and where to go on.
#[derive(Debug)]
pub struct Rows<T> {
    /// In the order of the sort key.
    pub items: Vec<T>,
    /// Where the next page starts; `None` when this was the last one.
    pub next: Option<Position>,
}

impl Query {
    pub(crate) fn new(table: Table, pk: String) -> Self {
        Self { table, index: None, pk, range: Range::All, backwards: false, limit: None, after: None }
    }

    /// On the index `gsi1` or `gsi2`, eventually consistent.
    pub fn index(mut self, name: &'static str) -> Self {
        self.index = Some(name);
        self
    }

    /// Only sort keys that begin with `prefix`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.range = Range::Prefix(prefix.into());
        self
    }

    /// Only sort keys in `from..=to`.
    pub fn between(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.range = Range::Between(from.into(), to.into());
        self
    }

    /// From the end of the range to its beginning.
    pub fn backwards(mut self, backwards: bool) -> Self {
        self.backwards = backwards;
        self
    }

    /// At most this many rows.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Goes on where a page ended.
    pub fn after(mut self, position: Option<Position>) -> Self {
        self.after = position;
        self
    }

    /// One page.
    pub async fn page<T: DeserializeOwned>(self) -> Result<Rows<T>, Error> {
        let (rows, next) = self.fetch().await?;
        let items = rows.into_iter().map(from_attributes).collect::<Result<_, _>>()?;
        Ok(Rows { items, next })
    }

    /// One page of rows with their keys.
    pub async fn page_stored<T: DeserializeOwned>(self) -> Result<Rows<Stored<T>>, Error> {
        let (rows, next) = self.fetch().await?;
        Ok(Rows { items: stored(rows)?, next })
    }

    /// Every row of the range. For ranges that are known to be short.
    pub async fn all<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        self.fetch_all().await?.into_iter().map(from_attributes).collect()
    }

    /// Every row of the range with its key.
    pub async fn all_stored<T: DeserializeOwned>(self) -> Result<Vec<Stored<T>>, Error> {
        stored(self.fetch_all().await?)
    }

    async fn fetch_all(mut self) -> Result<Vec<Attributes>, Error> {
        let mut rows = Vec::new();
        loop {
            let (mut page, next) = self.clone().fetch().await?;
            rows.append(&mut page);
            match next {
                Some(position) => self.after = Some(position),
                None => return Ok(rows),
            }
        }
    }

    async fn fetch(self) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        let (pk_name, sk_name) = match self.index {
            None => ("pk".to_owned(), "sk".to_owned()),
            Some(index) => (format!("{index}pk"), format!("{index}sk")),
        };
        let condition = match &self.range {
            Range::All => "#pk = :pk",
            Range::Prefix(_) => "#pk = :pk AND begins_with(#sk, :from)",
            Range::Between(..) => "#pk = :pk AND #sk BETWEEN :from AND :to",
        };
        let mut call = self
            .table
            .store()
            .0
            .query()
            .table_name(self.table.name())
            .set_index_name(self.index.map(str::to_owned))
            .key_condition_expression(condition)
            .expression_attribute_names("#pk", pk_name)
            .expression_attribute_values(":pk", AttributeValue::S(self.pk))
            .scan_index_forward(!self.backwards)
            .set_limit(self.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .consistent_read(self.index.is_none())
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        call = match self.range {
            Range::All => call,
            Range::Prefix(from) => call
                .expression_attribute_names("#sk", sk_name)
                .expression_attribute_values(":from", AttributeValue::S(from)),
            Range::Between(from, to) => call
                .expression_attribute_names("#sk", sk_name)
                .expression_attribute_values(":from", AttributeValue::S(from))
                .expression_attribute_values(":to", AttributeValue::S(to)),
        };
        let start = self.after.map(|position| position.into_iter().map(|(k, v)| (k, AttributeValue::S(v))).collect());
        let output = call.set_exclusive_start_key(start).send().await.map_err(classify)?;
        Meter::count(output.consumed_capacity());
        let next = output.last_evaluated_key.filter(|key| !key.is_empty()).map(position).transpose()?;
        Ok((output.items.unwrap_or_default(), next))
    }
}

fn stored<T: DeserializeOwned>(rows: Vec<Attributes>) -> Result<Vec<Stored<T>>, Error> {
    rows.into_iter().map(|row| Ok(Stored { key: Key::of(&row)?, item: from_attributes(row)? })).collect()
}

fn position(key: Attributes) -> Result<Position, Error> {
    key.into_iter()
        .map(|(name, value)| match value {
            AttributeValue::S(text) => Ok((name, text)),
            _ => Err(Error::internal("a key attribute that is no string")),
        })
        .collect()
}
