use aws_sdk_ses::Client;
use aws_sdk_ses::error::ProvideErrorMetadata;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{Body, Content, Destination, Message, RawMessage};

use crate::platform::{platform, sdk};

const RAW: &str = "From: =?utf-8?Q?Ev=C3=A9ntZR?= <events@eventzr.com>\r\n\
To: Ann <ann@example.com>\r\n\
Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\
List-Unsubscribe: <https://eventzr.com/u/1>,\r\n <mailto:out@eventzr.com>\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=outer\r\n\r\n\
--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n\
--inner\r\nContent-Type: text/plain; charset=utf-8\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\nOpen https://eventzr.com/a?b=3D1\r\n\
--inner\r\nContent-Type: text/html; charset=utf-8\r\n\
Content-Transfer-Encoding: base64\r\n\r\nPGEgaHJlZj0iaHR0cHM6Ly9ldmVudHpyLmNvbS9hP2I9MSI+T3BlbjwvYT4=\r\n\
--inner--\r\n\
--outer\r\nContent-Type: application/pdf\r\n\
Content-Disposition: attachment; filename=\"ticket.pdf\"\r\n\
Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--outer--\r\n";

fn content(text: &str) -> Content {
    Content::builder().data(text).build().unwrap()
}

#[tokio::test]
async fn a_composed_mail_arrives() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    let to = Destination::builder().to_addresses("ann@example.com").bcc_addresses("audit@example.com");
    let body = Body::builder().text(content("Tom & Ann: https://eventzr.com/verify/1.")).html(content("<b>hello</b>"));
    let message = Message::builder().subject(content("Verify")).body(body.build());
    let sent = client
        .send_email()
        .source("auth@eventzr.com")
        .destination(to.build())
        .message(message.build())
        .send()
        .await
        .unwrap();
    let mail = aws.mailbox().await.unwrap().remove(0);
    assert_eq!(mail.id, sent.message_id());
    assert_eq!(mail.from, "auth@eventzr.com");
    assert_eq!(mail.to, ["ann@example.com", "audit@example.com"]);
    assert_eq!(mail.subject, "Verify");
    assert_eq!(mail.text.as_deref(), Some("Tom & Ann: https://eventzr.com/verify/1."));
    assert_eq!(mail.html.as_deref(), Some("<b>hello</b>"));
    assert_eq!(mail.links, ["https://eventzr.com/verify/1"]);
}

#[tokio::test]
async fn a_raw_mail_is_read_as_mime() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    let raw = RawMessage::builder().data(Blob::new(RAW)).build().unwrap();
    let send = client.send_raw_email().raw_message(raw);
    send.send().await.unwrap();
    let mail = aws.mailbox().await.unwrap().remove(0);
    assert_eq!(mail.from, "events@eventzr.com");
    assert_eq!(mail.to, ["ann@example.com"]);
    assert_eq!(mail.subject, "Grüße");
    assert_eq!(mail.text.as_deref(), Some("Open https://eventzr.com/a?b=1"));
    assert_eq!(mail.links, ["https://eventzr.com/a?b=1"]);
    assert!(mail.html.unwrap().starts_with("<a href"));
    assert_eq!(mail.attachments, ["ticket.pdf"]);
}

#[tokio::test]
async fn the_envelope_of_a_raw_mail_wins_and_headers_are_kept() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    let raw = RawMessage::builder().data(Blob::new(RAW)).build().unwrap();
    client
        .send_raw_email()
        .source("bounce@eventzr.com")
        .destinations("bob@example.com")
        .raw_message(raw)
        .send()
        .await
        .unwrap();
    let mail = aws.mailbox().await.unwrap().remove(0);
    assert_eq!(mail.from, "bounce@eventzr.com");
    assert_eq!(mail.to, ["bob@example.com"]);
    assert_eq!(mail.header("list-unsubscribe"), Some("<https://eventzr.com/u/1>, <mailto:out@eventzr.com>"));
}

#[tokio::test]
async fn a_mail_without_a_recipient_is_refused() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    let message = Message::builder().subject(content("To nobody")).body(Body::builder().text(content("?")).build());
    let send = client.send_email().source("auth@eventzr.com");
    let send = send.destination(Destination::builder().build());
    let error = send.message(message.build()).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationError"));
    assert!(aws.mailbox().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_newest_mail_is_first() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    for subject in ["first", "second"] {
        let message = Message::builder().subject(content(subject)).body(Body::builder().text(content("x")).build());
        let to = Destination::builder().to_addresses("ann@example.com");
        let send = client.send_email().source("auth@eventzr.com");
        let send = send.destination(to.build()).message(message.build());
        send.send().await.unwrap();
    }
    let mails = aws.mailbox().await.unwrap();
    let subjects: Vec<_> = mails.iter().map(|it| it.subject.as_str()).collect();
    assert_eq!(subjects, ["second", "first"]);
}
