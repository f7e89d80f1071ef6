//! JSON bodies, queries and path parameters, each validated.

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use garde::Validate;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http_body_util::BodyExt;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::RequestContext;
use super::reply::Refusal;
use crate::error::{Error, FieldError};
use crate::service::Spelling;

/// How many fields of a refused request are named; a hostile one may have thousands.
const MOST_FIELDS: usize = 20;
/// Characters of a name or message that stem from the request.
const LONGEST_ECHO: usize = 200;

/// A JSON body that has passed its rules.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S, T> FromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Refusal> {
        let value = read(request).await?;
        check(&value)?;
        Ok(Self(value))
    }
}

impl<S, T> OptionalFromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Refusal;

    /// `None` where there is no body at all, or where it is `null`.
    async fn from_request(request: Request<Body>, _: &S) -> Result<Option<Self>, Refusal> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        let value: Option<T> = read(request).await?;
        value.as_ref().map_or(Ok(()), check)?;
        Ok(value.map(Self))
    }
}

/// A query string that has passed its rules.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let axum::extract::Query(value) =
            axum::extract::Query::<T>::try_from_uri(&parts.uri).map_err(|error| Error::field("", error.body_text()))?;
        check(&value)?;
        Ok(Self(value))
    }
}

/// Path parameters. One that cannot be parsed names nothing: 404.
#[derive(Debug)]
pub struct PathParams<T>(pub T);

impl<S, T> FromRequestParts<S> for PathParams<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::NotFound.into()),
        }
    }
}

async fn read<T: DeserializeOwned>(request: Request<Body>) -> Result<T, Error> {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return Err(Error::UnsupportedMediaType);
    }
    let bytes = body.collect().await.map_err(|error| Error::InvalidJson(error.to_string()))?.to_bytes();
    parse(&bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Syntax is `INVALID_JSON`; a wrong type, a missing or an unknown field is a field's error.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Error::InvalidJson("the body is not UTF-8".to_owned()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed: Result<T, _> = serde_path_to_error::deserialize(&mut deserializer);
    let value = parsed.map_err(|error| {
        // A wrong field may be met before the syntax error behind it.
        match serde_json::from_slice::<IgnoredAny>(bytes) {
            Err(syntax) => Error::InvalidJson(syntax.to_string()),
            Ok(_) => wrong_field(&error.path().to_string(), error.inner()),
        }
    })?;
    deserializer.end().map_err(|error| Error::InvalidJson(error.to_string()))?;
    // Serde also takes an array of a struct's fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::field("", "must be an object"));
    }
    Ok(value)
}

/// The same rules for a body that was needed as it is, for its signature.
pub fn from_json<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T, Error> {
    let value = parse(bytes)?;
    check(&value)?;
    Ok(value)
}

/// The same rules for JSON that came another way than in a body: a missing or unknown field, a wrong
/// type or a broken rule is a field's error.
pub fn from_value<T: DeserializeOwned + Validate<Context = ()>>(value: serde_json::Value) -> Result<T, Error> {
    if value.is_array() {
        return Err(Error::field("", "must be an object"));
    }
    let parsed: Result<T, _> = serde_path_to_error::deserialize(value);
    let value = parsed.map_err(|error| wrong_field(&error.path().to_string(), error.inner()))?;
    check(&value)?;
    Ok(value)
}

/// Serde's message without line and column, and without the whole of a long name that it echoes.
fn wrong_field(path: &str, error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let field = if path == "." { "" } else { path };
    Error::field(shortened(field), shortened(message))
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_ECHO).collect()
}

fn check<T: Validate<Context = ()>>(value: &T) -> Result<(), Error> {
    let Err(report) = value.validate() else {
        return Ok(());
    };
    let spelling = RequestContext::current().map_or(Spelling::Camel, |context| context.service().spelling);
    let fields = report.into_inner().into_iter().take(MOST_FIELDS).map(|(path, error)| FieldError {
        field: spell(&path.to_string(), spelling),
        message: error.message().to_owned(),
    });
    Err(Error::Validation(fields.collect()))
}

/// A field's Rust name as it stands in the service's bodies.
fn spell(path: &str, spelling: Spelling) -> String {
    if spelling == Spelling::Snake {
        return path.to_owned();
    }
    let mut spelled = String::with_capacity(path.len());
    let mut upper = false;
    for character in path.chars() {
        match character {
            '_' => upper = true,
            other if upper => {
                spelled.extend(other.to_uppercase());
                upper = false;
            }
            other => spelled.push(other),
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceError;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Sample {
        first_name: String,
        tags: Vec<u8>,
    }

    fn code(body: &str) -> (&'static str, String) {
        let error = parse::<Sample>(body.as_bytes()).unwrap_err();
        let field = match &error {
            Error::Validation(fields) => fields[0].field.clone(),
            _ => String::new(),
        };
        (error.problem().code, field)
    }

    #[test]
    fn syntax_is_told_from_content() {
        assert_eq!(code("{").0, "INVALID_JSON");
        assert_eq!(code(r#"{"extra":"#).0, "INVALID_JSON");
        assert_eq!(code(&"[".repeat(100_000)).0, "INVALID_JSON");
        assert_eq!(code(r#"["a",[1]]"#).0, "VALIDATION_FAILED");
        assert_eq!(code(r#"{"first_name":"a","tags":[1]} x"#).0, "INVALID_JSON");
        assert_eq!(code(r#"{"first_name":"a","tags":[1,"x"]}"#), ("VALIDATION_FAILED", "tags[1]".to_owned()));
        assert_eq!(code(r#"{"first_name":"a","tags":[],"extra":1}"#), ("VALIDATION_FAILED", "extra".to_owned()));
        assert_eq!(code(r#"{"tags":[]}"#).0, "VALIDATION_FAILED");
        assert_eq!(parse::<Sample>(b"\"\xff\"").unwrap_err().problem().code, "INVALID_JSON");
    }

    #[test]
    fn fields_are_spelled_as_the_service_spells_them() {
        assert_eq!(spell("first_name", Spelling::Camel), "firstName");
        assert_eq!(spell("to_list[2].last_seen_at", Spelling::Camel), "toList[2].lastSeenAt");
        assert_eq!(spell("first_name", Spelling::Snake), "first_name");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Err(error) = parse::<Sample>(&bytes) {
                prop_assert_eq!(error.problem().status, 400);
            }
        }
    }
}
