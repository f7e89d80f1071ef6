//! From what is to be told to templates and variables.

use serde_json::Value;
use shared::Error;
use shared::jobs::About;

use super::{english, german};
use crate::kinds::{Category, Channel, Priority};
use crate::rendering::{Content, Variables};

/// What is said about something, in one language. Paragraphs are parted by an empty line; one that is `{{link}}`
/// alone is a button in HTML.
pub(super) struct Words {
    pub(super) subject: &'static str,
    pub(super) text: &'static str,
    /// What stands on the button.
    pub(super) button: &'static str,
}

/// By which rules something is told.
pub(super) struct Manner {
    pub(super) channels: &'static [Channel],
    pub(super) category: Category,
    pub(super) priority: Priority,
}

/// How `about` is told.
pub(super) fn manner(about: &About) -> Manner {
    let (channels, category, priority): (&[Channel], _, _) = match about {
        // Somebody waits for it, whatever the hour.
        About::VerifyAddress { .. }
        | About::ResetPassword { .. }
        | About::MagicLink { .. }
        | About::Invitation { .. }
        | About::NewDevice { .. }
        | About::AlreadyRegistered { .. }
        | About::ChangeAddress { .. }
        | About::AddressRequested { .. }
        | About::AddressChanged { .. }
        | About::PasswordChanged { .. }
        | About::FactorAdded { .. }
        | About::FactorRemoved { .. }
        | About::ExportReady { .. }
        | About::BackupCodesReplaced { .. }
        | About::BackupCodeUsed { .. }
        | About::AccountErased { .. } => (&[Channel::Email], Category::System, Priority::Critical),
        About::Mentioned { .. } => (&[Channel::Push, Channel::Email], Category::Transactional, Priority::Normal),
        About::NewMessages { .. } => (&[Channel::Push], Category::Transactional, Priority::Normal),
        About::SearchAlert { .. } => (&[Channel::Email, Channel::Inapp], Category::Reminder, Priority::Low),
        About::ReportReady { .. } | About::ReportFailed { .. } => {
            (&[Channel::Email], Category::Transactional, Priority::Normal)
        }
    };
    Manner { channels, category, priority }
}

/// What `about` is in the language of `locale`, as templates.
pub(super) fn content(about: &About, locale: Option<&str>) -> Content {
    let language = locale.and_then(|locale| locale.split('-').next()).unwrap_or_default().to_lowercase();
    let words = match language.as_str() {
        "de" => german::words(about),
        _ => english::words(about),
    };
    Content {
        subject: Some(words.subject.to_owned()),
        title: Some(words.subject.to_owned()),
        text: Some(words.text.to_owned()),
        html: Some(html(&words)),
    }
}

/// What the templates are filled with.
pub(super) fn variables(about: &About) -> Result<Variables, Error> {
    match serde_json::to_value(about).map_err(Error::internal)? {
        Value::Object(mut variables) => {
            variables.remove("kind");
            // It goes along, and nobody reads of it.
            variables.remove("file");
            Ok(variables)
        }
        _ => Err(Error::internal("a message that is no object")),
    }
}

/// The text as HTML that every mail program shows.
fn html(words: &Words) -> String {
    let paragraph = |text: &str| match text {
        "{{link}}" => format!(
            "<p><a href=\"{{{{link}}}}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;\
             background:#1f4fd8;color:#ffffff;text-decoration:none\">{}</a></p>",
            words.button
        ),
        text => format!("<p>{text}</p>"),
    };
    let paragraphs: String = words.text.split("\n\n").map(paragraph).collect();
    format!(
        "<!doctype html><html><body style=\"margin:0;padding:24px;background:#f4f5f7\">\
         <div style=\"max-width:520px;margin:0 auto;padding:24px;border-radius:8px;background:#ffffff;\
         color:#1c1e21;font:16px/1.5 system-ui,sans-serif\"><h1 style=\"font-size:20px\">{}</h1>{paragraphs}</div>\
         </body></html>",
        words.subject
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rendering::Compiled;
    use shared::jobs::ReportFile;

    pub(crate) fn all() -> Vec<About> {
        let link = || "https://app.example.com/x?token=a&b=c".to_owned();
        let name = || "Summer & Sun".to_owned();
        let file =
            ReportFile { key: "k".to_owned(), name: "a.csv".to_owned(), content_type: "text/csv".to_owned(), bytes: 1 };
        vec![
            About::VerifyAddress { link: link(), valid_hours: 24 },
            About::ResetPassword { link: link(), valid_minutes: 30 },
            About::MagicLink { link: link(), valid_minutes: 15 },
            About::Invitation { link: link(), tenant: name(), invited_by: "Ada".to_owned(), valid_days: 7 },
            About::NewDevice { device: "Firefox".to_owned(), at: "2026-01-01 12:00 UTC".to_owned() },
            About::AlreadyRegistered { link: link() },
            About::ChangeAddress { account: "a…@example.com".to_owned(), link: link(), valid_hours: 24 },
            About::AddressRequested { at: "2026-01-01 12:00 UTC".to_owned() },
            About::AddressChanged { at: "2026-01-01 12:00 UTC".to_owned() },
            About::PasswordChanged { at: "2026-01-01 12:00 UTC".to_owned() },
            About::FactorAdded { factor: "Passkey".to_owned(), at: "2026-01-01 12:00 UTC".to_owned() },
            About::FactorRemoved { factor: "TOTP".to_owned(), at: "2026-01-01 12:00 UTC".to_owned() },
            About::BackupCodesReplaced { at: "2026-01-01 12:00 UTC".to_owned() },
            About::BackupCodeUsed { left: 7, at: "2026-01-01 12:00 UTC".to_owned() },
            About::AccountErased { link: link() },
            About::Mentioned { thread: name() },
            About::NewMessages { thread: name(), count: 3 },
            About::SearchAlert { search: name(), count: 3, link: link() },
            About::ReportReady { report: name(), link: link(), valid_hours: 24, file: None },
            About::ReportReady { report: name(), link: link(), valid_hours: 24, file: Some(file) },
            About::ReportFailed { report: name(), problem: "the dataset is gone".to_owned() },
        ]
    }

    #[test]
    fn everything_can_be_told_in_every_language() {
        for about in all() {
            let variables = variables(&about).unwrap();
            let mut subjects = BTreeSet::new();
            for locale in [None, Some("de-AT")] {
                let compiled = Compiled::new(&content(&about, locale), &BTreeSet::new()).unwrap();
                let said = compiled.render(&variables).unwrap();
                let (text, html) = (said.text.unwrap(), said.html.unwrap());
                for value in variables.values() {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let said_in_subject = said.subject.as_ref().unwrap().contains(&value);
                    assert!(text.contains(&value) || said_in_subject, "{about:?} {locale:?}: {value}");
                }
                assert!(!html.contains("Summer & Sun"), "{html}");
                assert_eq!(html.contains("token&#x3D;a&amp;b&#x3D;c"), text.contains("token=a&b=c"), "{html}");
                subjects.insert(said.subject);
            }
            assert_eq!(subjects.len(), 2, "{about:?}");
        }
    }
}
