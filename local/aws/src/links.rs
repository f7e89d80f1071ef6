//! The addresses in a text, for whoever reads what was sent.

/// Every http and https address in the texts, once, in order.
#[must_use]
pub fn links(texts: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for link in texts.iter().flat_map(|text| links_in(text)) {
        if !found.iter().any(|known| known == link) {
            found.push(link.to_owned());
        }
    }
    found
}

fn links_in(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices("http").map(|(start, _)| &text[start..]);
    starts.filter(|rest| rest.starts_with("http://") || rest.starts_with("https://")).map(|rest| {
        // A backslash: the push of a platform is JSON within JSON.
        let delimiter =
            |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')' | '\\');
        let end = rest.find(delimiter).unwrap_or(rest.len());
        // A sentence may end behind a link; the link does not end with its full stop.
        rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_once_and_without_the_punctuation_around_them() {
        let text = "See https://a.example/x?y=1&z=2, or (http://b.example).";
        let html = "<a href=\"https://a.example/x?y=1&z=2\">here</a>";
        assert_eq!(links(&[text, html]), ["https://a.example/x?y=1&z=2", "http://b.example"]);
    }

    #[test]
    fn a_link_ends_with_the_text_of_json_within_json() {
        assert_eq!(links(&[r#"{"GCM":"{\"link\":\"https://a.example/x\"}"}"#]), ["https://a.example/x"]);
    }
}
