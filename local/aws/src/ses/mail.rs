use jiff::Timestamp;
use mail_parser::{Address, MessageParser, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};

use crate::links::links;

/// A mail that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The id that SES answered with.
    pub id: String,
    /// The sender, as given.
    pub from: String,
    /// Everyone it went to, blind copies too.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text body.
    pub text: Option<String>,
    /// The HTML body.
    pub html: Option<String>,
    /// Every http and https address in the bodies, once, in order.
    pub links: Vec<String>,
    /// The names of attached files.
    pub attachments: Vec<String>,
    /// The headers of a raw mail in order, unfolded but not decoded; none for `SendEmail`.
    pub headers: Vec<(String, String)>,
    /// When it was accepted.
    pub at: Timestamp,
}

impl Mail {
    /// Reads raw MIME; `None` if it is not even that.
    pub(super) fn from_mime(raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        let from = message.from().map(addresses).unwrap_or_default();
        let recipients = [message.to(), message.cc(), message.bcc()];
        // mail-parser offers the text of an HTML body as text; here it is only what was sent.
        let text = message.text_bodies().find_map(|part| match &part.body {
            PartType::Text(text) => Some(text.to_string()),
            _ => None,
        });
        let html = message.html_bodies().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        });
        let attachments = message.attachments();
        let headers = message.headers_raw();
        let mut mail = Self {
            from: from.into_iter().next().unwrap_or_default(),
            to: recipients.into_iter().flatten().flat_map(addresses).collect(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text,
            html,
            attachments: attachments.map(|part| part.attachment_name().unwrap_or("unnamed").to_owned()).collect(),
            headers: headers.map(|(name, value)| (name.to_owned(), unfold(value))).collect(),
            ..Self::default()
        };
        mail.find_links();
        Some(mail)
    }

    /// The first header of a raw mail by its name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn find_links(&mut self) {
        let html = self.html.as_deref().unwrap_or_default();
        // What stands in addresses and template engines escape.
        let html = html.replace("&#x3D;", "=").replace("&amp;", "&");
        self.links = links(&[self.text.as_deref().unwrap_or_default(), &html]);
    }
}

fn addresses(list: &Address<'_>) -> Vec<String> {
    list.iter().filter_map(|address| address.address()).map(str::to_owned).collect()
}

fn unfold(value: &str) -> String {
    let lines: Vec<_> = value.lines().map(str::trim).collect();
    lines.join(" ").trim().to_owned()
}
