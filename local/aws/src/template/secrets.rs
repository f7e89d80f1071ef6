use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value as Json};

use super::TemplateError;
use crate::ambient;
use crate::files::write_whole;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DEFAULT_PASSWORD_LENGTH: usize = 32;

/// What Secrets Manager would hold: each `GenerateSecretString` generated once and kept.
#[derive(Debug)]
pub struct Secrets {
    file: Option<PathBuf>,
    values: Mutex<BTreeMap<String, String>>,
}

impl Secrets {
    /// Secrets that die with the process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { file: None, values: Mutex::default() }
    }

    /// Secrets kept in a JSON file, which is made when the first one is generated.
    pub fn in_file(file: PathBuf) -> Result<Self, TemplateError> {
        let values = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { file: Some(file), values: Mutex::new(values) })
    }

    /// The secret's text, generated from `GenerateSecretString` if there is none yet.
    pub(super) fn value(&self, logical_id: &str, properties: &Json) -> Result<String, TemplateError> {
        if let Some(text) = properties["SecretString"].as_str() {
            return Ok(text.to_owned());
        }
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = values.get(logical_id) {
            return Ok(value.clone());
        }
        let value = generate(&properties["GenerateSecretString"])?;
        values.insert(logical_id.to_owned(), value.clone());
        if let Some(file) = &self.file {
            // Half a file would be worse than none: what was sealed with it would be lost.
            write_whole(file, &serde_json::to_vec_pretty(&*values)?)?;
        }
        Ok(value)
    }
}

/// Letters and digits only, which every `Exclude…` rule but a list of one's own allows.
fn generate(rules: &Json) -> Result<String, TemplateError> {
    let length = rules["PasswordLength"]
        .as_u64()
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(DEFAULT_PASSWORD_LENGTH);
    let password = random_letters(length)?;
    let Some(key) = rules["GenerateStringKey"].as_str() else {
        return Ok(password);
    };
    let template = rules["SecretStringTemplate"].as_str().unwrap_or("{}");
    let mut object: Map<String, Json> = serde_json::from_str(template)?;
    object.insert(key.to_owned(), Json::String(password));
    Ok(Json::Object(object).to_string())
}

fn random_letters(length: usize) -> Result<String, TemplateError> {
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        ambient::fill_random(&mut bytes)?;
        // A byte over the last whole multiple of 62 would make some letters likelier.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let letters = fair.map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
        text.extend(letters.take(length - text.len()));
    }
    Ok(text)
}
