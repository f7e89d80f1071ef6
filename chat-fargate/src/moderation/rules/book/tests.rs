use proptest::prelude::*;
use shared::auth::UserId;

use super::*;

fn rule(id: u128, words: &[&str], matching: Match, consequence: Consequence) -> ContentRule {
    ContentRule {
        id: Uuid::from_u128(id),
        name: "x".to_owned(),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        matching,
        consequence,
        updated_by: UserId(Uuid::nil()),
        updated_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn judged(rules: &[ContentRule], content: &str) -> Option<String> {
    Book::new(rules).unwrap().judge(content).map(|verdict| verdict.content)
}

#[test]
fn words_are_found_whatever_they_wear() {
    let rules = [rule(1, &["Depp", "böses  wort"], Match::Word, Consequence::Refuse)];
    for refused in
        ["depp", "Du DEPP!", "ｄｅｐｐ", "ⓓⓔⓟⓟ", "dépp", "d\u{20dd}epp", "(depp)", "boses \n wort", "x BÖSES WORT"]
    {
        assert_eq!(judged(&rules, refused), None, "{refused}");
    }
    for unseen in ["\u{200b}", "\u{200c}", "\u{200d}", "\u{ad}", "\u{115f}", "\u{3164}", "\u{ffa0}", "\u{640}", "\u{1}"]
    {
        for refused in [format!("de{unseen}pp"), format!("depp{unseen}"), format!("{unseen}depp")] {
            assert_eq!(judged(&rules, &refused), None, "{refused:?}");
        }
    }
    for refused in ["depp²", "deppª", "deppʼ", "deppː", "²depp"] {
        assert_eq!(judged(&rules, refused), None, "{refused}");
    }
    for fine in ["", "deppert", "Oberdepp", "böses", "böse swort", "depp1"] {
        assert_eq!(judged(&rules, fine).as_deref(), Some(fine), "{fine}");
    }
}

#[test]
fn words_of_all_scripts_are_found_and_their_neighbours_not() {
    let anywhere = |word: &str, said: &str| judged(&[rule(1, &[word], Match::Anywhere, Consequence::Refuse)], said);
    for (word, said) in
        [("驴", "你这头驴啊"), ("바보", "너는 바보야"), ("λόγος", "ΛΟΓΟΣ"), ("groß", "GROSS"), ("ばか", "ばか!")]
    {
        assert_eq!(anywhere(word, said), None, "{word}");
    }
    for (word, said) in [("바보", "바봉"), ("ばか", "はか"), ("किल", "कूल")] {
        assert_eq!(anywhere(word, said).as_deref(), Some(said), "{word}");
    }
}

#[test]
fn a_mask_covers_the_letters_that_were_written() {
    let rules = [
        rule(1, &["damn", "damn you"], Match::Word, Consequence::Mask),
        rule(2, &["ffi"], Match::Anywhere, Consequence::Mask),
    ];
    for (said, sent) in [
        ("Oh DÄMN  you, friend", "Oh ****  ***, friend"),
        ("goddamn", "goddamn"),
        ("eﬃcient", "e*cient"),
        ("so da\u{ad}mn 🎉 good", "so **\u{ad}** 🎉 good"),
    ] {
        assert_eq!(judged(&rules, said).as_deref(), Some(sent));
    }
}

#[test]
fn the_first_rule_reports_what_was_written_and_a_refusal_goes_before() {
    let report = |id, word| rule(id, &[word], Match::Word, Consequence::Report);
    let masked = rule(4, &["two"], Match::Word, Consequence::Mask);
    let rules = [report(1, "two"), report(2, "one"), rule(3, &["three"], Match::Word, Consequence::Refuse), masked];
    let book = Book::new(&rules).unwrap();
    let verdict = book.judge("one two").unwrap();
    let reported = Reported { rule: Uuid::from_u128(1), said: "one two".to_owned() };
    assert_eq!((verdict.content.as_str(), verdict.reported), ("one ***", Some(reported)));
    assert_eq!(book.judge("one").unwrap().reported.unwrap().rule, Uuid::from_u128(2));
    assert_eq!(book.judge("zero").unwrap().reported, None);
    assert_eq!(book.judge("one two three"), None);
}

#[test]
fn equal_words_are_looked_for_once() {
    let many: Vec<ContentRule> =
        (0..20).map(|id| rule(id, &["aaa", "AAA", "ááá"], Match::Anywhere, Consequence::Mask)).collect();
    let book = Book::new(&many).unwrap();
    assert_eq!((book.size(), book.meanings.len(), book.meanings[0].len()), (3, 1, 20));
}

proptest! {
    #[test]
    fn a_mask_changes_no_other_letter(said in "\\PC{0,60}", word in "\\PC{1,3}") {
        prop_assume!(!folded_word(&word).is_empty());
        let sent = judged(&[rule(1, &[&word], Match::Anywhere, Consequence::Mask)], &said).unwrap();
        prop_assert_eq!(sent.chars().count(), said.chars().count());
        prop_assert!(said.chars().zip(sent.chars()).all(|(said, sent)| said == sent || sent == '*'));
    }

    #[test]
    fn a_word_finds_itself(word in "\\PC{1,20}") {
        prop_assume!(!folded_word(&word).is_empty());
        prop_assert_eq!(judged(&[rule(1, &[&word], Match::Anywhere, Consequence::Refuse)], &word), None);
    }
}
