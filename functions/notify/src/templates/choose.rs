//! Which variant a recipient gets.

use super::model::Head;
use crate::kinds::Channel;

/// The variant for `channel` in the wanted language: exactly that one, else the language without its region, else
/// the same language of another region, else the language that was named with the request, else any.
pub(crate) fn choose<'a>(heads: &'a [Head], channel: Channel, wanted: Option<&str>, named: &str) -> Option<&'a Head> {
    let of_channel = || heads.iter().filter(|head| head.channel == channel);
    let language = |locale: &str| locale.split('-').next().unwrap_or_default().to_lowercase();
    let exactly = |locale: &str| of_channel().find(|head| head.locale.eq_ignore_ascii_case(locale));
    let close = |locale: &str| {
        exactly(locale)
            .or_else(|| exactly(&language(locale)))
            .or_else(|| of_channel().find(|head| language(&head.locale) == language(locale)))
    };
    wanted.and_then(close).or_else(|| close(named)).or_else(|| of_channel().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn head(channel: Channel, locale: &str) -> Head {
        let at = Timestamp::UNIX_EPOCH;
        let (name, variables) = ("welcome".to_owned(), Vec::new());
        Head {
            id: Uuid::nil(),
            name,
            channel,
            locale: locale.to_owned(),
            version: 1,
            variables,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn the_closest_language_wins() {
        let heads = [
            head(Channel::Email, "en"),
            head(Channel::Email, "de"),
            head(Channel::Email, "de-AT"),
            head(Channel::Email, "pt-BR"),
            head(Channel::Inapp, "en-GB"),
        ];
        let email =
            |wanted: Option<&str>| choose(&heads, Channel::Email, wanted, "en").map(|head| head.locale.as_str());
        assert_eq!(email(Some("de-at")), Some("de-AT"));
        assert_eq!(email(Some("de-CH")), Some("de"));
        assert_eq!(email(Some("pt-PT")), Some("pt-BR"));
        assert_eq!(email(Some("fr")), Some("en"));
        assert_eq!(email(None), Some("en"));
        assert_eq!(choose(&heads, Channel::Inapp, Some("fr"), "de").map(|head| head.locale.as_str()), Some("en-GB"));
        assert_eq!(choose(&heads, Channel::Sms, None, "en"), None);
    }
}
