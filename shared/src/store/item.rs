//! An item's key and how structs become items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Attributes by name, as the SDK has them.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// The primary key of an item, the same shape in every table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Partition key; that of tenant data begins with `TENANT#<id>`.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// A key of these two parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub(crate) fn attributes(&self) -> Attributes {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }

    pub(crate) fn of(attributes: &Attributes) -> Result<Self, Error> {
        let part = |name: &str| attributes.get(name).and_then(|value| value.as_s().ok()).cloned();
        match (part("pk"), part("sk")) {
            (Some(pk), Some(sk)) => Ok(Self { pk, sk }),
            _ => Err(Error::internal("an item without its key")),
        }
    }
}

/// An item together with its key, for lists whose rows are changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// Where it is.
    pub key: Key,
    /// What it is.
    pub item: T,
}

/// A set of numbers, to which updates `ADD` and from which they `DELETE` single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NumberSet(#[serde(with = "serde_dynamo::number_set")] pub Vec<i64>);

/// A set of texts, to which updates `ADD` and from which they `DELETE` single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextSet(#[serde(with = "serde_dynamo::string_set")] pub Vec<String>);

/// A plain struct as attributes, with its key.
pub(crate) fn to_attributes(key: &Key, item: &impl Serialize) -> Result<Attributes, Error> {
    let mut attributes: Attributes = serde_dynamo::to_item(item).map_err(Error::internal)?;
    attributes.extend(key.attributes());
    Ok(attributes)
}

/// Attributes as a plain struct; a row that does not parse is an inconsistency of ours.
pub(crate) fn from_attributes<T: DeserializeOwned>(attributes: Attributes) -> Result<T, Error> {
    serde_dynamo::from_item(attributes).map_err(|error| Error::internal(format!("a row does not parse: {error}")))
}
