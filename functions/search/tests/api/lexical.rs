//! Words: their forms, typos, phrases, exclusions, and where they are marked.

use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, event_with, refusal, titled};

#[tokio::test]
async fn words_are_found_in_every_field_and_the_title_counts_most() {
    let app = App::start().await;
    app.store(
        T1,
        &[
            event_with("description", "Evening", &json!({"description": "A night of jazz."})),
            event_with("tag", "Matinee", &json!({"tags": ["jazz"]})),
            titled("title", "Jazz"),
            event_with("city", "Market", &json!({"city": "Jazz"})),
            event_with("category", "Brunch", &json!({"category": "Jazz"})),
            titled("none", "Techno"),
        ],
    )
    .await;
    let found = app.find(T1, "jazz").await;
    assert_eq!(found[0], "title");
    assert_eq!(found.len(), 5, "{found:?}");
}

#[tokio::test]
async fn accents_case_and_spelling_do_not_matter() {
    let app = App::start().await;
    app.store(
        T1,
        &[
            titled("de", "Straßenfest in München"),
            titled("fr", "Fête de la Musique à Orléans"),
            titled("pl", "Łódź Design Festival"),
            titled("ja", "東京ジャズ祭"),
        ],
    )
    .await;
    for (query, id) in [
        ("strassenfest", "de"),
        ("STRASSENFEST", "de"),
        ("münchen", "de"),
        ("munchen", "de"),
        ("muenchen", "de"),
        ("fete", "fr"),
        ("orléans", "fr"),
        ("lodz", "pl"),
        ("東京", "ja"),
    ] {
        assert_eq!(app.find(T1, query).await, [id], "{query}");
    }
}

#[tokio::test]
async fn forms_of_a_word_are_one_word_in_its_language() {
    let app = App::start().await;
    app.store(
        T1,
        &[
            titled("en", "Running concerts"),
            event_with("de", "Konzerte", &json!({"language": "de-AT"})),
            event_with("fr", "Marchés", &json!({"language": "fr"})),
        ],
    )
    .await;
    for (query, id) in [("concert run", "en"), ("konzert", "de"), ("marché", "fr")] {
        assert_eq!(app.find(T1, query).await, [id], "{query}");
    }
}

#[tokio::test]
async fn typos_are_tolerated_by_length() {
    let app = App::start().await;
    app.store(T1, &[titled("1", "Philharmonic festival"), titled("2", "Jazz"), titled("3", "Yoga")]).await;
    for (query, ids) in [
        ("festivl", vec!["1"]),
        ("fesitval", vec!["1"]),
        ("festivaal", vec!["1"]),
        ("philarmonik", vec!["1"]),
        ("jaz ", vec![]),
        ("jazzz", vec!["2"]),
        ("jzz ", vec![]),
        ("yogi", vec!["3"]),
    ] {
        assert_eq!(app.find(T1, query).await, ids, "{query}");
    }
}

#[tokio::test]
async fn what_is_spelt_right_comes_before_what_is_not() {
    let app = App::start().await;
    app.store(T1, &[titled("near", "Marker workshop"), titled("exact", "Market workshop")]).await;
    assert_eq!(app.find(T1, "market").await, ["exact", "near"]);
}

#[tokio::test]
async fn the_last_word_may_be_unfinished() {
    let app = App::start().await;
    app.store(T1, &[titled("1", "Comedy night"), titled("2", "Commerce fair")]).await;
    assert_eq!(app.find(T1, "come").await, ["1", "2"], "a beginning may have a typo, too");
    assert_eq!(app.find(T1, "night com").await, ["1"]);
    assert_eq!(app.find(T1, "comm").await, ["2", "1"]);
    assert!(app.find(T1, "comed ").await.contains(&"1".to_owned()), "one letter is missing");
    assert!(app.find(T1, "com ").await.is_empty(), "it is a word of its own");
}

#[tokio::test]
async fn phrases_stand_side_by_side_and_exclusions_are_absent() {
    let app = App::start().await;
    app.store(
        T1,
        &[
            titled("1", "Blue night train"),
            titled("2", "Night in blue"),
            event_with("3", "Train spotting", &json!({"tags": ["blue", "night"]})),
        ],
    )
    .await;
    assert_eq!(app.find(T1, "\"blue night\"").await, ["1"], "tags are no phrase");
    assert_eq!(app.find(T1, "night -train").await, ["2"]);
    assert_eq!(app.find(T1, "night -trains").await, ["2"], "in any form");
    let mut rest = app.find(T1, "night -\"blue night\"").await;
    rest.sort();
    assert_eq!(rest, ["2", "3"]);
    let mut all = app.find(T1, "-train").await;
    all.sort();
    assert_eq!(all, ["2"]);
    assert!(app.find(T1, "!!").await.len() == 3, "nothing is asked for, so everything is there");
}

#[tokio::test]
async fn all_words_if_possible_and_else_most_of_them() {
    let app = App::start().await;
    let many: Vec<Value> = (0..12).map(|id| titled(&format!("both{id}"), "Open air cinema")).collect();
    app.store(T1, &many).await;
    app.store(T1, &[titled("air", "Air show"), titled("one", "Cinema paradiso")]).await;
    assert_eq!(app.find(T1, "open air cinema").await.len(), 12);
    assert_eq!(app.find(T1, "paradiso cinema zzzz").await, ["one"]);
    assert_eq!(app.find(T1, "show qqqq xxxx").await, ["air"]);
}

#[tokio::test]
async fn matches_are_marked_and_everything_else_is_escaped() {
    let app = App::start().await;
    let document = event_with(
        "1",
        "<script>Jazz</script> & friends",
        &json!({"description": format!("{} The jazz concerts of the year. {}", "Words. ".repeat(60), "More. ".repeat(60)), "city": "Linz", "tags": ["jazz", "live"]}),
    );
    app.store(T1, &[document]).await;
    let user = app.user(T1, Role::User);
    let found = app.post("/search", &json!({"query": "jazz concert", "explain": true})).by(&user).data().await;
    let marked = &found["results"][0]["highlights"];
    assert_eq!(marked["title"], "&lt;script&gt;<em>Jazz</em>&lt;/script&gt; &amp; friends");
    let description = marked["description"].as_str().unwrap();
    assert!(description.contains("The <em>jazz</em> <em>concerts</em> of the year") && description.len() < 300);
    assert_eq!((&marked["tags"], &marked["city"]), (&json!(["<em>jazz</em>"]), &Value::Null));
    assert_eq!(found["results"][0]["score_parts"]["lexical_rank"], 1);
}

#[tokio::test]
async fn suggestions_begin_as_one_types() {
    let app = App::start().await;
    app.store(
        T1,
        &[
            event_with("1", "Jazz brunch", &json!({"popularity": 5})),
            event_with("2", "Jazz at midnight", &json!({"popularity": 900})),
            event_with("3", "Jazz at midnight", &json!({"popularity": 1})),
            event_with("4", "Evening", &json!({"description": "Jazz"})),
            json!({"id": "5", "entity_type": "artist", "title": "Jasmin"}),
        ],
    )
    .await;
    let user = app.user(T1, Role::User);
    let suggest = async |query: &str| {
        let path = format!("/search/autocomplete?{query}");
        let found = app.get(&path).by(&user).data().await["suggestions"].take();
        let texts = found.as_array().unwrap().iter().map(|each| each["text"].as_str().unwrap().to_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(suggest("q=jaz").await, ["Jazz at midnight", "Jazz brunch"]);
    assert_eq!(suggest("q=j").await.len(), 3);
    assert_eq!(suggest("q=jazz%20brunhc").await, ["Jazz brunch"]);
    assert_eq!(suggest("q=jas&entity_type=artist").await, ["Jasmin"]);
    assert_eq!(suggest("q=ja&limit=1").await.len(), 1);
    assert!(suggest("q=%22").await.is_empty());
    let refused = async |query: &str| app.get(&format!("/search/autocomplete?{query}")).by(&user).refused().await;
    assert_eq!(refused("q=").await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(refused("q=a&limit=21").await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(refused("q=a&entity_type=film").await, refusal(400, "INVALID_ENTITY_TYPE"));
}

#[tokio::test]
async fn what_is_similar_shares_rare_words() {
    let app = App::start().await;
    let mut documents: Vec<Value> = (0..20).map(|id| titled(&format!("other{id}"), "Summer evening party")).collect();
    documents.extend([
        event_with("1", "Baroque cello recital", &json!({"tags": ["chamber music"]})),
        event_with("2", "Cello and harpsichord, baroque sonatas", &json!({"tags": ["chamber music"]})),
        json!({"id": "3", "entity_type": "artist", "title": "Baroque cello quartet"}),
    ]);
    app.store(T1, &documents).await;
    let user = app.user(T1, Role::User);
    let found = app.post("/search/similar", &json!({"id": "1", "entity_type": "event"})).by(&user).data().await;
    assert_eq!(crate::support::ids_of(&found), ["2"]);
    let unknown = json!({"id": "9", "entity_type": "event"});
    assert_eq!(app.post("/search/similar", &unknown).by(&user).refused().await, refusal(404, "NOT_FOUND"));
}
