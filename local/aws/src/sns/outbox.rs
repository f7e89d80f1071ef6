//! What topics still have to deliver to their subscriptions, in SQLite.

use rusqlite::{Connection, OptionalExtension, Row};

use super::error::SnsError;
use crate::ambient;
use crate::edge::escape_xml;
use crate::form::Form;
use crate::template::Subscription;

/// The first pause after a delivery that failed; each further one is twice as long.
const FIRST_PAUSE_MS: i64 = 250;
const LONGEST_PAUSE_MS: i64 = 5000;
/// A delivery that has failed for this long is given up.
const GIVEN_UP_AFTER_MS: i64 = 60 * 60 * 1000;

/// What a publisher has for a topic's subscriptions.
#[derive(Debug)]
pub(crate) struct Notification {
    pub(crate) message_id: String,
    pub(crate) subject: Option<String>,
    pub(crate) message: String,
}

/// What a delivery tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    SubscriptionConfirmation,
    Notification,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SubscriptionConfirmation => "SubscriptionConfirmation",
            Self::Notification => "Notification",
        }
    }
}

/// A delivery that is still to be made.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) id: i64,
    pub(super) kind: Kind,
    pub(super) notification: Notification,
    pub(super) published_at: i64,
    pub(super) subscription: String,
    pub(super) topic: String,
    pub(super) endpoint: String,
    /// What confirms the subscription.
    pub(super) token: String,
    attempts: u32,
    failing_since: Option<i64>,
    pub(super) retry_at: i64,
}

const PENDING: &str = "SELECT d.id, d.kind, d.message_id, d.subject, d.message, d.published_at, s.arn, s.topic,
     s.endpoint, s.token, d.attempts, d.failing_since, d.retry_at
     FROM deliveries d JOIN subscriptions s ON s.arn = d.subscription";

impl Pending {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let kind: String = row.get(1)?;
        let is_notification = kind == Kind::Notification.name();
        Ok(Self {
            id: row.get(0)?,
            kind: if is_notification { Kind::Notification } else { Kind::SubscriptionConfirmation },
            notification: Notification { message_id: row.get(2)?, subject: row.get(3)?, message: row.get(4)? },
            published_at: row.get(5)?,
            subscription: row.get(6)?,
            topic: row.get(7)?,
            endpoint: row.get(8)?,
            token: row.get(9)?,
            attempts: row.get(10)?,
            failing_since: row.get(11)?,
            retry_at: row.get(12)?,
        })
    }

    /// Puts it off, or gives it up; says whether it was put off.
    pub(super) fn has_failed(&self, connection: &Connection, now: i64) -> rusqlite::Result<bool> {
        let failing_since = self.failing_since.unwrap_or(now);
        if now - failing_since >= GIVEN_UP_AFTER_MS {
            remove(connection, self.id)?;
            return Ok(false);
        }
        let pause = FIRST_PAUSE_MS.saturating_mul(1 << self.attempts.min(10)).min(LONGEST_PAUSE_MS);
        connection
            .prepare_cached(
                "UPDATE deliveries SET attempts = attempts + 1, failing_since = ?2, retry_at = ?3 WHERE id = ?1",
            )?
            .execute((self.id, failing_since, now + pause))?;
        Ok(true)
    }
}

/// Every delivery that is still to be made, oldest first.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Pending>> {
    let mut query = connection.prepare(&format!("{PENDING} ORDER BY d.id"))?;
    query.query_map([], Pending::from_row)?.collect()
}

/// The delivery whose turn it is next, which may be later than now.
///
/// SNS would drop what is published to a subscription that is not confirmed. Here it waits for the
/// confirmation, so that nothing is lost between the first start and the subscriber's first answer.
pub(super) fn next(connection: &Connection) -> rusqlite::Result<Option<Pending>> {
    connection
        .prepare_cached(&format!(
            "{PENDING} WHERE s.confirmed OR d.kind = 'SubscriptionConfirmation' ORDER BY d.retry_at, d.id LIMIT 1"
        ))?
        .query_row([], Pending::from_row)
        .optional()
}

pub(super) fn remove(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM deliveries WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// One delivery for each of the topic's subscriptions.
pub(crate) fn add(connection: &Connection, topic: &str, notification: &Notification, now: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO deliveries (subscription, message_id, kind, subject, message, published_at)
             SELECT arn, ?2, ?3, ?4, ?5, ?6 FROM subscriptions WHERE topic = ?1",
        )?
        .execute((
            topic,
            &notification.message_id,
            Kind::Notification.name(),
            &notification.subject,
            &notification.message,
            now,
        ))?;
    Ok(())
}

/// Makes the declared subscriptions and forgets the others with what was for them. Asks for the
/// confirmations that are missing, and lets what has failed be tried at once.
pub(super) fn provision(connection: &Connection, declared: &[Subscription], now: i64) -> rusqlite::Result<()> {
    let mut query = connection.prepare("SELECT arn, topic, endpoint FROM subscriptions")?;
    let known: Vec<(String, String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    for (arn, topic, endpoint) in known {
        if !declared.iter().any(|it| it.topic == topic && it.endpoint == endpoint) {
            connection.execute("DELETE FROM subscriptions WHERE arn = ?1", [arn])?;
        }
    }
    for Subscription { topic, endpoint, .. } in declared {
        let arn = format!("{topic}:{}", ambient::id());
        let token = format!("{}{}", ambient::id().simple(), ambient::id().simple());
        connection.execute(
            "INSERT INTO subscriptions (arn, topic, endpoint, token) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (arn, topic, endpoint, token),
        )?;
    }
    connection.execute("UPDATE deliveries SET attempts = 0, failing_since = NULL, retry_at = 0", [])?;
    let mut query = connection.prepare(
        "SELECT arn, topic FROM subscriptions s WHERE NOT confirmed AND NOT EXISTS
             (SELECT 1 FROM deliveries d WHERE d.subscription = s.arn AND d.kind = 'SubscriptionConfirmation')",
    )?;
    let unconfirmed: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (arn, topic) in unconfirmed {
        let message = format!(
            "You have chosen to subscribe to the topic {topic}.\n\
             To confirm the subscription, visit the SubscribeURL included in this message."
        );
        connection.execute(
            "INSERT INTO deliveries (subscription, message_id, kind, message, published_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (arn, ambient::id().to_string(), Kind::SubscriptionConfirmation.name(), message, now),
        )?;
    }
    Ok(())
}

/// `ConfirmSubscription`: by the token that the confirmation brought.
pub(super) fn confirm(connection: &Connection, form: &Form) -> Result<String, SnsError> {
    let topic = form.value("TopicArn").ok_or(SnsError::Missing("topicArn"))?;
    let token = form.value("Token").ok_or(SnsError::Missing("token"))?;
    let arn: Option<String> = connection
        .query_row("SELECT arn FROM subscriptions WHERE topic = ?1 AND token = ?2", (&topic, &token), |row| row.get(0))
        .optional()?;
    let arn = arn.ok_or_else(|| SnsError::invalid("Token"))?;
    connection.execute("UPDATE subscriptions SET confirmed = 1 WHERE arn = ?1", [&arn])?;
    Ok(format!("<SubscriptionArn>{}</SubscriptionArn>", escape_xml(&arn)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::sqlite::Sqlite;

    #[test]
    fn pauses_double_up_to_five_seconds_and_end_after_an_hour() {
        let sqlite = Sqlite::open(None).unwrap();
        let work = |connection: &Connection| {
            let (topic, endpoint) = ("topic".to_owned(), "http://localhost/".to_owned());
            provision(connection, &[Subscription { topic, protocol: "http".to_owned(), endpoint }], 0)?;
            let (mut now, mut pauses) = (1000, Vec::new());
            while let Some(pending) = next(connection)? {
                now = now.max(pending.retry_at);
                if !pending.has_failed(connection, now)? {
                    break;
                }
                pauses.extend(next(connection)?.map(|it| it.retry_at - now));
            }
            assert_eq!(pauses[..7], [250, 500, 1000, 2000, 4000, 5000, 5000]);
            assert!((GIVEN_UP_AFTER_MS..GIVEN_UP_AFTER_MS + LONGEST_PAUSE_MS).contains(&(now - 1000)));
            assert!(all(connection)?.is_empty());
            Ok::<_, Error>(())
        };
        sqlite.blocking_transaction(work).unwrap();
    }
}
