//! Platform endpoints: the apps on devices that pushes go to.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};

use super::error::SnsError;
use crate::ambient;
use crate::edge::escape_xml;
use crate::form::Form;

/// The most that `CustomUserData` may be.
const LARGEST_USER_DATA: usize = 2048;

pub(super) struct Endpoint {
    arn: String,
    token: String,
    user_data: String,
    pub(super) enabled: bool,
}

impl Endpoint {
    pub(super) fn find(connection: &Connection, arn: &str) -> Result<Option<Self>, SnsError> {
        let mut query = connection
            .prepare_cached("SELECT arn, token, user_data, enabled FROM platform_endpoints WHERE arn = ?1")?;
        Ok(query.query_row([arn], Self::from_row).optional()?)
    }

    fn by_token(connection: &Connection, application: &str, token: &str) -> Result<Option<Self>, SnsError> {
        let mut query = connection.prepare_cached(
            "SELECT arn, token, user_data, enabled FROM platform_endpoints WHERE application = ?1 AND token = ?2",
        )?;
        Ok(query.query_row((application, token), Self::from_row).optional()?)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { arn: row.get(0)?, token: row.get(1)?, user_data: row.get(2)?, enabled: row.get(3)? })
    }

    fn change(&mut self, attributes: &BTreeMap<String, String>) -> Result<(), SnsError> {
        for (name, value) in attributes {
            match name.as_str() {
                "Enabled" => {
                    let enabled = value.to_ascii_lowercase().parse();
                    self.enabled = enabled.map_err(|_| SnsError::invalid("Attributes Reason: Enabled"))?;
                }
                "Token" if !value.is_empty() => self.token.clone_from(value),
                "CustomUserData" if value.len() <= LARGEST_USER_DATA => self.user_data.clone_from(value),
                _ => return Err(SnsError::invalid(format!("Attributes Reason: Invalid value for attribute: {name}"))),
            }
        }
        Ok(())
    }
}

/// Makes an endpoint; the same token with the same attributes is the same endpoint.
pub(super) fn create(connection: &Connection, form: &Form) -> Result<String, SnsError> {
    let application = form.value("PlatformApplicationArn").ok_or(SnsError::Missing("platformApplicationArn"))?;
    let token = form.value("Token").filter(|it| !it.is_empty()).ok_or(SnsError::Missing("token"))?;
    let prefix = endpoint_prefix(&application)
        .ok_or_else(|| SnsError::invalid("PlatformApplicationArn Reason: An ARN must have at least 6 elements"))?;
    let mut endpoint =
        Endpoint { arn: format!("{prefix}/{}", ambient::id()), token, user_data: String::new(), enabled: true };
    let mut attributes = form.map("Attributes");
    attributes.extend(form.value("CustomUserData").map(|it| ("CustomUserData".to_owned(), it)));
    endpoint.change(&attributes)?;

    if let Some(known) = Endpoint::by_token(connection, &application, &endpoint.token)? {
        if (&known.user_data, known.enabled) != (&endpoint.user_data, endpoint.enabled) {
            return Err(taken(&known));
        }
        return Ok(arn_element(&known.arn));
    }
    connection.execute(
        "INSERT INTO platform_endpoints (arn, application, token, user_data, enabled) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&endpoint.arn, &application, &endpoint.token, &endpoint.user_data, endpoint.enabled),
    )?;
    Ok(arn_element(&endpoint.arn))
}

pub(super) fn attributes(connection: &Connection, form: &Form) -> Result<String, SnsError> {
    let endpoint = named(connection, form)?;
    let entry = |name: &str, value: &str| {
        format!("<entry><key>{name}</key><value>{}</value></entry>", escape_xml(value)) //
    };
    let mut entries = entry("Enabled", if endpoint.enabled { "true" } else { "false" });
    entries += &entry("Token", &endpoint.token);
    if !endpoint.user_data.is_empty() {
        entries += &entry("CustomUserData", &endpoint.user_data);
    }
    Ok(format!("<Attributes>{entries}</Attributes>"))
}

pub(super) fn set_attributes(connection: &Connection, form: &Form) -> Result<String, SnsError> {
    let mut endpoint = named(connection, form)?;
    endpoint.change(&form.map("Attributes"))?;
    let application: String =
        connection.query_row("SELECT application FROM platform_endpoints WHERE arn = ?1", [&endpoint.arn], |row| {
            row.get(0)
        })?;
    if let Some(other) = Endpoint::by_token(connection, &application, &endpoint.token)?
        && other.arn != endpoint.arn
    {
        return Err(taken(&other));
    }
    connection.execute(
        "UPDATE platform_endpoints SET token = ?2, user_data = ?3, enabled = ?4 WHERE arn = ?1",
        (&endpoint.arn, &endpoint.token, &endpoint.user_data, endpoint.enabled),
    )?;
    Ok(String::new())
}

/// Deleting what is not there is fine, as in SNS.
pub(super) fn delete(connection: &Connection, form: &Form) -> Result<String, SnsError> {
    let arn = form.value("EndpointArn").ok_or(SnsError::Missing("endpointArn"))?;
    connection.execute("DELETE FROM platform_endpoints WHERE arn = ?1", [&arn])?;
    Ok(String::new())
}

fn named(connection: &Connection, form: &Form) -> Result<Endpoint, SnsError> {
    let arn = form.value("EndpointArn").ok_or(SnsError::Missing("endpointArn"))?;
    Endpoint::find(connection, &arn)?.ok_or(SnsError::NotFound("Endpoint"))
}

fn taken(endpoint: &Endpoint) -> SnsError {
    SnsError::invalid(format!(
        "Token Reason: Endpoint {} already exists with the same Token, but different attributes.",
        endpoint.arn
    ))
}

fn arn_element(arn: &str) -> String {
    format!("<EndpointArn>{}</EndpointArn>", escape_xml(arn))
}

/// `arn:aws:sns:<region>:<account>:endpoint/<platform>/<name>` of the application
/// `arn:aws:sns:<region>:<account>:app/<platform>/<name>`. Any of that form exists here.
fn endpoint_prefix(application: &str) -> Option<String> {
    let (owner, resource) = application.rsplit_once(':')?;
    let (platform, name) = resource.strip_prefix("app/")?.split_once('/')?;
    let complete = owner.starts_with("arn:aws:sns:") && owner.split(':').count() == 5;
    let named = !platform.is_empty() && !name.is_empty() && !name.contains('/');
    (complete && named).then(|| format!("{owner}:endpoint/{platform}/{name}"))
}
