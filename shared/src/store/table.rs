//! A table: reads by key, and where writes begin.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, ReturnConsumedCapacity, WriteRequest};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::classify;
use super::item::{Attributes, Key, from_attributes, to_attributes};
use super::transact::pause;
use super::{Action, Meter, Query, Store};
use crate::error::Error;

/// The most keys that one `BatchGetItem` takes.
const BATCH_GET: usize = 100;
/// The most items that one `BatchWriteItem` takes.
const BATCH_WRITE: usize = 25;
/// Calls of one read or write of many items, at a time.
const AT_ONCE: usize = 8;
/// Rounds for keys that the store did not get to.
const ROUNDS: u32 = 6;

/// Items of different kinds that were read together.
#[derive(Debug)]
pub struct Found(HashMap<Key, Attributes>);

impl Found {
    /// The item with this key, once.
    pub fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, Error> {
        self.0.remove(key).map(from_attributes).transpose()
    }

    /// The item with this key, for several readers.
    pub fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Error> {
        self.0.get(key).cloned().map(from_attributes).transpose()
    }
}

/// A table by name. Clones share the connection.
#[derive(Clone, Debug)]
pub struct Table {
    store: Store,
    name: Arc<str>,
}

impl Table {
    pub(crate) fn new(store: Store, name: &str) -> Self {
        Self { store, name: Arc::from(name) }
    }

    /// The store that this table is in.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Reads one item, strongly consistent.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Error> {
        let output = self
            .store
            .0
            .get_item()
            .table_name(self.name())
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(classify)?;
        Meter::count(output.consumed_capacity());
        output.item.map(from_attributes).transpose()
    }

    /// Reads two items of different kinds in one call, strongly consistent.
    pub async fn get_pair<A: DeserializeOwned, B: DeserializeOwned>(
        &self,
        first: &Key,
        second: &Key,
    ) -> Result<(Option<A>, Option<B>), Error> {
        let mut found = self.get_each(&[first.clone(), second.clone()]).await?;
        Ok((found.take(first)?, found.take(second)?))
    }

    /// Reads items of different kinds by their keys, strongly consistent.
    pub async fn get_each(&self, keys: &[Key]) -> Result<Found, Error> {
        let mut found = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(BATCH_GET) {
            found.extend(self.fetch(chunk).await?);
        }
        Ok(Found(found))
    }

    /// Reads items by their keys, strongly consistent, in the keys' order; a repeated key is read once.
    pub async fn get_all<T: DeserializeOwned + Clone>(&self, keys: &[Key]) -> Result<Vec<Option<T>>, Error> {
        let mut parsed: HashMap<Key, T> = HashMap::with_capacity(keys.len());
        // Collected first: a stream that maps borrowed keys is not `Send` to the compiler.
        let chunks: Vec<_> = keys.chunks(BATCH_GET).map(|chunk| self.fetch(chunk)).collect();
        let mut chunks = stream::iter(chunks).buffer_unordered(AT_ONCE);
        while let Some(found) = chunks.try_next().await? {
            for (key, attributes) in found {
                parsed.insert(key, from_attributes(attributes)?);
            }
        }
        Ok(keys.iter().map(|key| parsed.get(key).cloned()).collect())
    }

    async fn fetch(&self, keys: &[Key]) -> Result<HashMap<Key, Attributes>, Error> {
        let mut found = HashMap::with_capacity(keys.len());
        let mut wanted: Vec<Attributes> = Vec::with_capacity(keys.len());
        for (position, key) in keys.iter().enumerate() {
            if !keys[..position].contains(key) {
                wanted.push(key.attributes());
            }
        }
        for round in 0..ROUNDS {
            if wanted.is_empty() {
                return Ok(found);
            }
            if round > 0 {
                tokio::time::sleep(pause(round)).await;
            }
            let request = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
            let mut output = self
                .store
                .0
                .batch_get_item()
                .request_items(self.name(), request.map_err(Error::internal)?)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(classify)?;
            Meter::count(output.consumed_capacity());
            for item in output.responses.as_mut().and_then(|tables| tables.remove(self.name())).unwrap_or_default() {
                found.insert(Key::of(&item)?, item);
            }
            let rest = output.unprocessed_keys.as_mut().and_then(|tables| tables.remove(self.name()));
            wanted = rest.map(|rest| rest.keys).unwrap_or_default();
        }
        if wanted.is_empty() { Ok(found) } else { Err(Error::unavailable("unprocessed keys remain")) }
    }

    /// Writes items whole, without conditions, in as few calls as possible. After an error some may be written.
    pub async fn put_all<T: Serialize>(&self, items: &[(Key, T)]) -> Result<(), Error> {
        self.write_all(items, |(key, item)| put_request(key, item)).await
    }

    /// Deletes items, without conditions, in as few calls as possible. After an error some may be gone.
    pub async fn delete_all(&self, keys: &[Key]) -> Result<(), Error> {
        self.write_all(keys, delete_request).await
    }

    async fn write_all<T>(
        &self,
        items: &[T],
        request: impl Fn(&T) -> Result<WriteRequest, Error>,
    ) -> Result<(), Error> {
        let calls = items.chunks(BATCH_WRITE).map(|chunk| chunk.iter().map(&request).collect::<Result<Vec<_>, _>>());
        let calls: Vec<_> =
            calls.collect::<Result<Vec<_>, _>>()?.into_iter().map(|requests| self.write_batch(requests)).collect();
        stream::iter(calls).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await.map(|_| ())
    }

    async fn write_batch(&self, mut rest: Vec<WriteRequest>) -> Result<(), Error> {
        for round in 0..ROUNDS {
            if rest.is_empty() {
                break;
            }
            if round > 0 {
                tokio::time::sleep(pause(round)).await;
            }
            let call = self.store.0.batch_write_item().request_items(self.name(), rest);
            let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
            let mut output = call.send().await.map_err(classify)?;
            Meter::count(output.consumed_capacity());
            rest = output.unprocessed_items.as_mut().and_then(|tables| tables.remove(self.name())).unwrap_or_default();
        }
        if rest.is_empty() { Ok(()) } else { Err(Error::unavailable("unprocessed items remain")) }
    }

    /// A query on one partition of this table.
    pub fn query(&self, pk: impl Into<String>) -> Query {
        Query::new(self.clone(), pk.into())
    }

    /// Writes `item` whole.
    pub fn put(&self, key: &Key, item: &impl Serialize) -> Action {
        Action::put(self, key, item)
    }

    /// Changes an item by an update expression.
    pub fn update(&self, key: &Key, expression: &str) -> Action {
        Action::update(self, key, expression)
    }

    /// Deletes an item.
    pub fn delete(&self, key: &Key) -> Action {
        Action::delete(self, key)
    }

    /// A condition on an item that the transaction does not change.
    pub fn check(&self, key: &Key) -> Action {
        Action::check(self, key)
    }
}

fn put_request(key: &Key, item: &impl Serialize) -> Result<WriteRequest, Error> {
    let put = PutRequest::builder().set_item(Some(to_attributes(key, item)?)).build().map_err(Error::internal)?;
    Ok(WriteRequest::builder().put_request(put).build())
}

fn delete_request(key: &Key) -> Result<WriteRequest, Error> {
    let delete = DeleteRequest::builder().set_key(Some(key.attributes())).build().map_err(Error::internal)?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}
