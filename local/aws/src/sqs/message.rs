use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::error::SqsError;

/// The value of a message attribute.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttributeValue {
    data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_value: Option<String>,
    /// Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
}

pub(super) type Attributes = BTreeMap<String, AttributeValue>;

impl AttributeValue {
    pub(super) fn text(&self) -> Option<&str> {
        self.string_value.as_deref()
    }

    /// Whether the value is binary, and its bytes.
    fn value(&self, name: &str) -> Result<(bool, Vec<u8>), SqsError> {
        let kind = self.data_type.split('.').next().unwrap_or_default();
        let bytes = match (kind, &self.string_value, &self.binary_value) {
            ("String" | "Number", Some(text), None) => Some((false, text.clone().into_bytes())),
            ("Binary", None, Some(text)) => BASE64_STANDARD.decode(text).ok().map(|it| (true, it)),
            _ => None,
        };
        bytes.filter(|(_, bytes)| !bytes.is_empty()).ok_or_else(|| {
            SqsError::InvalidParameterValue(format!(
                "The message attribute '{name}' must contain a non-empty value of its type, \
                 String, Number or Binary."
            ))
        })
    }
}

/// Checks the attributes and returns their size in bytes, which counts as the message's.
pub(super) fn check_attributes(attributes: &Attributes) -> Result<usize, SqsError> {
    if attributes.len() > 10 {
        return Err(SqsError::InvalidParameterValue(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [10].",
            attributes.len()
        )));
    }
    let mut size = 0;
    for (name, attribute) in attributes {
        let (_, value) = attribute.value(name)?;
        size += name.len() + attribute.data_type.len() + value.len();
    }
    Ok(size)
}

pub(super) fn md5_of(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

/// The digest of attributes that SDKs recompute, `None` if there are none.
///
/// Its input is in the developer guide of SQS, «Calculating the MD5 message digest for message
/// attributes»: by name, each of name, type and value with its length before it.
pub(super) fn md5_of_attributes(attributes: &Attributes) -> Result<Option<String>, SqsError> {
    const TEXT: u8 = 1;
    const BINARY: u8 = 2;

    if attributes.is_empty() {
        return Ok(None);
    }
    let mut input = Vec::new();
    for (name, attribute) in attributes {
        let (binary, value) = attribute.value(name)?;
        append(&mut input, name.as_bytes());
        append(&mut input, attribute.data_type.as_bytes());
        input.push(if binary { BINARY } else { TEXT });
        append(&mut input, &value);
    }
    Ok(Some(hex(&Md5::digest(&input))))
}

fn append(input: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    input.extend_from_slice(&length.to_be_bytes());
    input.extend_from_slice(bytes);
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
