//! A mail as MIME.

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::Letter;

/// The mail, encoded (RFC 5322, RFC 2045). The error says what is wrong without quoting it.
pub(super) fn encode(from: &Mailbox, letter: &Letter) -> Result<Vec<u8>, &'static str> {
    let address: Address = letter.address.parse().map_err(|_| "INVALID_ADDRESS")?;
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address))
        .subject(letter.content.subject.as_deref().unwrap_or_default())
        // The delivery's; SES puts its own in its place.
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())));
    if let Some(url) = &letter.unsubscribe {
        builder = builder
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{url}>")))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("List-Unsubscribe-Post"),
                "List-Unsubscribe=One-Click".to_owned(),
            ));
    }
    let message = match (letter.content.text.clone(), letter.content.html.clone()) {
        (text, html) if !letter.files.is_empty() => {
            let mixed = MultiPart::mixed().build();
            let mixed = match (text, html) {
                (Some(text), Some(html)) => mixed.multipart(MultiPart::alternative_plain_html(text, html)),
                (None, Some(html)) => mixed.singlepart(SinglePart::html(html)),
                (text, None) => mixed.singlepart(SinglePart::plain(text.unwrap_or_default())),
            };
            builder.multipart(letter.files.iter().try_fold(mixed, |mixed, file| {
                let kind = ContentType::parse(&file.content_type).map_err(|_| "INVALID_ATTACHMENT")?;
                Ok::<_, &'static str>(
                    mixed.singlepart(Attachment::new(file.name.clone()).body(file.bytes.to_vec(), kind)),
                )
            })?)
        }
        (Some(text), Some(html)) => builder.multipart(MultiPart::alternative_plain_html(text, html)),
        (None, Some(html)) => builder.singlepart(SinglePart::html(html)),
        (text, None) => builder.singlepart(SinglePart::plain(text.unwrap_or_default())),
    };
    message.map(|message| message.formatted()).map_err(|_| "INVALID_MESSAGE")
}
