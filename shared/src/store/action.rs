//! One write: put, update, delete or check, with its condition. Runs alone or in a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValue, TransactWriteItem, Update,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::classify;
use super::item::{Attributes, Key, from_attributes, to_attributes};
use super::transact::{TRIES, pause};
use super::{Meter, Table};
use crate::error::Error;

/// A write that is not yet done. A value that cannot be written fails when the action runs.
#[derive(Debug)]
#[must_use = "an action does nothing until it runs"]
pub struct Action {
    table: Table,
    verb: Verb,
    condition: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<Attributes>,
    failure: Option<Error>,
}

#[derive(Debug)]
enum Verb {
    Put(Attributes),
    Update { key: Key, expression: String },
    Delete(Key),
    Check(Key),
}

/// How one try of an action ended.
enum Attempt {
    Ended(Result<Option<Attributes>, Error>),
    /// A transaction held the item; nothing was written.
    Conflict(Error),
}

impl Action {
    pub(crate) fn put(table: &Table, key: &Key, item: &impl Serialize) -> Self {
        match to_attributes(key, item) {
            Ok(attributes) => Self::new(table, Verb::Put(attributes)),
            Err(error) => Self { failure: Some(error), ..Self::new(table, Verb::Put(key.attributes())) },
        }
    }

    pub(crate) fn update(table: &Table, key: &Key, expression: &str) -> Self {
        Self::new(table, Verb::Update { key: key.clone(), expression: expression.to_owned() })
    }

    pub(crate) fn delete(table: &Table, key: &Key) -> Self {
        Self::new(table, Verb::Delete(key.clone()))
    }

    pub(crate) fn check(table: &Table, key: &Key) -> Self {
        Self::new(table, Verb::Check(key.clone()))
    }

    fn new(table: &Table, verb: Verb) -> Self {
        Self { table: table.clone(), verb, condition: None, names: None, values: None, failure: None }
    }

    /// Only if `condition` holds.
    pub fn when(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// Only if there is no item with this key yet.
    pub fn if_absent(self) -> Self {
        self.when("attribute_not_exists(pk)")
    }

    /// Only if there is an item with this key.
    pub fn if_present(self) -> Self {
        self.when("attribute_exists(pk)")
    }

    /// Gives `:name` of an expression its value.
    pub fn value(mut self, name: &str, value: impl Serialize) -> Self {
        match serde_dynamo::to_attribute_value::<_, AttributeValue>(value) {
            Ok(value) => {
                self.values.get_or_insert_default().insert(name.to_owned(), value);
            }
            Err(error) => self.failure = Some(Error::internal(error)),
        }
        self
    }

    /// Gives `#name` of an expression its attribute.
    pub fn name(mut self, name: &str, attribute: &str) -> Self {
        self.names.get_or_insert_default().insert(name.to_owned(), attribute.to_owned());
        self
    }

    /// Runs alone. `false` if its condition did not hold.
    pub async fn run(self) -> Result<bool, Error> {
        self.run_returning(ReturnValue::None).await.map(|done| done.is_some())
    }

    /// Runs an update alone and gives the item as it is now; `None` if its condition did not hold.
    pub async fn run_and_read<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        self.run_returning(ReturnValue::AllNew).await?.map(from_attributes).transpose()
    }

    /// The attributes that were asked for, or `None` if the condition did not hold. A transaction that
    /// holds the item makes us wait with full jitter, as in a transaction of our own.
    async fn run_returning(mut self, wanted: ReturnValue) -> Result<Option<Attributes>, Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut tries = 0;
        loop {
            match self.attempt(wanted.clone()).await {
                Attempt::Conflict(_) if tries + 1 < TRIES => {
                    tokio::time::sleep(pause(tries)).await;
                    tries += 1;
                }
                Attempt::Ended(result) => return result,
                Attempt::Conflict(error) => return Err(error),
            }
        }
    }

    async fn attempt(&self, wanted: ReturnValue) -> Attempt {
        let Self { table, verb, condition, names, values, .. } = self;
        let client = &table.store().0;
        let total = ReturnConsumedCapacity::Total;
        // Each operation has types of its own in the SDK, but the same four parts.
        macro_rules! finish {
            ($call:expr) => {
                match $call
                    .table_name(table.name())
                    .set_condition_expression(condition.clone())
                    .set_expression_attribute_names(names.clone())
                    .set_expression_attribute_values(values.clone())
                    .return_consumed_capacity(total)
                    .send()
                    .await
                {
                    Ok(output) => {
                        Meter::count(output.consumed_capacity());
                        Attempt::Ended(Ok(Some(output.attributes.unwrap_or_default())))
                    }
                    Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                        Meter::count(None);
                        Attempt::Ended(Ok(None))
                    }
                    Err(error) if error.code() == Some("TransactionConflictException") => {
                        Meter::count(None);
                        Attempt::Conflict(classify(error))
                    }
                    Err(error) => Attempt::Ended(Err(classify(error))),
                }
            };
        }
        match verb {
            Verb::Put(item) => finish!(client.put_item().set_item(Some(item.clone()))),
            Verb::Update { key, expression } => finish!(
                client
                    .update_item()
                    .set_key(Some(key.attributes()))
                    .update_expression(expression)
                    .return_values(wanted)
            ),
            Verb::Delete(key) => finish!(client.delete_item().set_key(Some(key.attributes()))),
            Verb::Check(_) => Attempt::Ended(Err(Error::internal("a check runs in a transaction only"))),
        }
    }

    /// As a part of a transaction.
    pub(crate) fn into_transact_item(self) -> Result<TransactWriteItem, Error> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let Self { table, verb, condition, names, values, .. } = self;
        macro_rules! part {
            ($builder:expr) => {
                $builder
                    .table_name(table.name())
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(Error::internal)?
            };
        }
        let whole = TransactWriteItem::builder();
        Ok(match verb {
            Verb::Put(item) => whole.put(part!(Put::builder().set_item(Some(item)))),
            Verb::Update { key, expression } => {
                whole.update(part!(Update::builder().set_key(Some(key.attributes())).update_expression(expression)))
            }
            Verb::Delete(key) => whole.delete(part!(Delete::builder().set_key(Some(key.attributes())))),
            Verb::Check(key) => whole.condition_check(part!(ConditionCheck::builder().set_key(Some(key.attributes())))),
        }
        .build())
    }
}
