use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::documents;

fn base() -> Timestamp {
    "2027-03-14T15:09:26Z".parse().unwrap()
}

fn texts<'a>(documents: &'a [Value], field: &str) -> HashSet<&'a str> {
    documents.iter().filter_map(|document| document[field].as_str()).collect()
}

fn count(documents: &[Value], kind: &str) -> usize {
    documents.iter().filter(|document| document["entity_type"] == kind).count()
}

#[test]
fn the_same_base_gives_the_same_documents_and_another_one_moves_only_dates() {
    let first = documents(base());
    assert_eq!(first, documents(base()));
    let undated = |mut documents: Vec<Value>| {
        for document in &mut documents {
            document.as_object_mut().unwrap().retain(|field, _| !field.ends_with("_date"));
        }
        documents
    };
    let moved = documents("2031-10-01T00:00:00Z".parse().unwrap());
    assert_ne!(first, moved);
    assert_eq!(undated(first), undated(moved));
}

#[test]
fn there_is_enough_of_everything() {
    let all = documents(base());
    assert_eq!((count(&all, "event"), count(&all, "venue"), count(&all, "artist")), (2200, 396, 400));
    assert!(count(&all, "destination") >= 30, "{}", count(&all, "destination"));
    assert!(count(&all, "brand") >= 30, "{}", count(&all, "brand"));
    assert_eq!(texts(&all, "id").len(), all.len());
    assert!(texts(&all, "city").len() >= 20, "{:?}", texts(&all, "city"));
    assert_eq!(texts(&all, "language"), HashSet::from(["en", "de", "fr", "es", "it", "pt"]));
    assert!(texts(&all, "title").len() * 10 > all.len() * 8, "{} titles", texts(&all, "title").len());
}

#[test]
fn every_document_is_within_the_limits() {
    let base = base();
    for document in documents(base) {
        let (number, text) = (|field: &str| document[field].as_f64(), |field: &str| document[field].as_str());
        let length = |field: &str| text(field).unwrap().chars().count();
        assert!((1..=128).contains(&length("id")) && (1..=300).contains(&length("title")), "{document}");
        assert!((1..=10_000).contains(&length("description")), "{document}");
        let tags = document["tags"].as_array().unwrap();
        assert!(tags.len() <= 50 && tags.iter().all(|tag| (1..=64).contains(&tag.as_str().unwrap().chars().count())));
        assert!((-90.0..=90.0).contains(&document["location"]["lat"].as_f64().unwrap()), "{document}");
        assert!((-180.0..=180.0).contains(&document["location"]["lng"].as_f64().unwrap()), "{document}");
        assert!(number("rating").is_none_or(|rating| (0.0..=5.0).contains(&rating)), "{document}");
        assert!((0.0..=1000.0).contains(&number("popularity").unwrap()), "{document}");
        let prices = (number("price_min"), number("price_max"));
        assert!(prices.1.is_none() || (prices.0.is_some() && prices.0 <= prices.1), "{document}");
        assert_eq!(prices.0.is_some(), text("currency").is_some(), "{document}");
        assert_eq!(document["entity_type"] == "event", text("start_date").is_some(), "{document}");
        assert!(!document.as_object().unwrap().values().any(Value::is_null), "{document}");
        if let (Some(start), Some(end)) = (text("start_date"), text("end_date")) {
            let (start, end): (Timestamp, Timestamp) = (start.parse().unwrap(), end.parse().unwrap());
            let days = (start.as_second() - base.as_second()).div_euclid(86_400);
            assert!(start <= end && (-60..=300).contains(&days), "{document}");
        }
    }
}

#[test]
fn texts_have_no_slot_left_and_no_gap() {
    for document in documents(base()) {
        for text in [&document["title"], &document["description"]] {
            let text = text.as_str().unwrap();
            assert!(!text.contains(['{', '}']) && !text.contains("  ") && text.trim() == text, "{document}");
            for gap in [" .", " ,", "„“", "“”", "\"\"", "««", "« »"] {
                assert!(!text.contains(gap), "{document}");
            }
        }
    }
}

#[test]
fn events_refer_to_venues_and_artists_that_are_there() {
    let all = documents(base());
    let ids = texts(&all, "id");
    let mut refer = 0;
    for event in all.iter().filter(|document| document["entity_type"] == "event") {
        let attributes = &event["attributes"];
        for id in attributes["artist_ids"].as_array().into_iter().flatten().chain(attributes.get("venue_id")) {
            assert!(ids.contains(id.as_str().unwrap()), "{event}");
            refer += 1;
        }
    }
    assert!(refer > 2000, "{refer}");
}

#[test]
fn seasonal_events_take_place_in_their_season() {
    for event in documents(base()).iter().filter(|event| event["attributes"]["genre"] == "christmas") {
        assert_eq!(&event["start_date"].as_str().unwrap()[5..7], "12", "{event}");
    }
}
