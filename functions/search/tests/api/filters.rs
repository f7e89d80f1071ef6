//! Filters, facets, orders and places.

use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, event_with, refusal};

async fn filled() -> App {
    let app = App::start().await;
    app.store(
        T1,
        &[
            event_with(
                "vienna",
                "Jazz",
                &json!({"category": "Music", "tags": ["live", "Free Entry"], "city": "Wien", "country": "Austria", "location": {"lat": 48.2082, "lng": 16.3738},
                    "start_date": "2027-05-01T18:00:00Z", "end_date": "2027-05-03T18:00:00Z", "price_min": 0, "rating": 4.5, "popularity": 10,
                    "attributes": {"indoor": true, "age": 18, "genre": "Bebop", "halls": ["A", "B"]}}),
            ),
            event_with(
                "bratislava",
                "Jazz",
                &json!({"category": "music", "tags": ["live"], "city": "Bratislava", "country": "Slovakia", "location": {"lat": 48.1486, "lng": 17.1077},
                    "start_date": "2027-05-02T18:00:00Z", "price_min": 20, "price_max": 40, "currency": "EUR", "rating": 3,
                    "attributes": {"indoor": false, "genre": "swing"}}),
            ),
            event_with(
                "fiji",
                "Jazz",
                &json!({"category": "Food", "city": "Suva", "country": "Fiji", "location": {"lat": -18.1, "lng": 178.4}, "start_date": "2027-06-10T00:00:00Z", "price_min": 300}),
            ),
            event_with("nowhere", "Jazz", &json!({})),
        ],
    )
    .await;
    app
}

#[tokio::test]
async fn each_filter_lets_through_what_it_says() {
    let app = filled().await;
    for (filters, mut ids) in [
        (json!({"city": "wien"}), vec!["vienna"]),
        (json!({"city": ["WIEN", "suva"]}), vec!["vienna", "fiji"]),
        (json!({"country": "slovakia"}), vec!["bratislava"]),
        (json!({"category": "MUSIC"}), vec!["vienna", "bratislava"]),
        (json!({"tags": ["live"]}), vec!["vienna", "bratislava"]),
        (json!({"tags": ["live", "free entry"]}), vec!["vienna"]),
        (json!({"date_from": "2027-05-03"}), vec!["vienna", "fiji"]),
        (json!({"date_to": "2027-05-01"}), vec!["vienna"]),
        (json!({"date_from": "2027-05-02T00:00:00Z", "date_to": "2027-05-02T23:00:00Z"}), vec!["vienna", "bratislava"]),
        (json!({"price_max": 0}), vec!["vienna"]),
        (json!({"price_min": 30, "price_max": 100}), vec!["bratislava"]),
        (json!({"price_min": 41}), vec!["fiji"]),
        (json!({"currency": "eur"}), vec!["bratislava"]),
        (json!({"rating_min": 3}), vec!["vienna", "bratislava"]),
        (json!({"rating_min": 4.6}), vec![]),
        (json!({"attributes": {"indoor": true}}), vec!["vienna"]),
        (json!({"attributes": {"genre": ["bebop", "SWING"]}}), vec!["vienna", "bratislava"]),
        (json!({"attributes": {"age": 18, "halls": "b"}}), vec!["vienna"]),
        (json!({"attributes": {"age": 19}}), vec![]),
        (json!({"geo": {"location": {"lat": 48.2, "lng": 16.4}, "radius_km": 20}}), vec!["vienna"]),
        (json!({"geo": {"location": {"lat": 48.2, "lng": 16.4}, "radius_km": 60}}), vec!["vienna", "bratislava"]),
        (
            json!({"geo": {"south_west": {"lat": 48, "lng": 17}, "north_east": {"lat": 49, "lng": 18}}}),
            vec!["bratislava"],
        ),
        (json!({"geo": {"south_west": {"lat": -30, "lng": 170}, "north_east": {"lat": 0, "lng": -170}}}), vec!["fiji"]),
        (json!({}), vec!["vienna", "bratislava", "fiji", "nowhere"]),
    ] {
        ids.sort_unstable();
        for query in [json!("jazz"), Value::Null] {
            let mut found = app.filter(T1, &json!({"query": query, "filters": filters})).await;
            found.sort_unstable();
            assert_eq!(found, ids, "{filters} {query}");
        }
    }
    assert!(app.filter(T1, &json!({"entity_type": "venue"})).await.is_empty());
}

#[tokio::test]
async fn results_can_be_sorted() {
    let app = filled().await;
    let geo = json!({"location": {"lat": 48.14, "lng": 17.1}, "radius_km": 500});
    for (sort, filters, ids) in [
        ("date", json!({}), vec!["vienna", "bratislava", "fiji", "nowhere"]),
        ("price", json!({}), vec!["vienna", "bratislava", "fiji", "nowhere"]),
        ("rating", json!({"category": "music"}), vec!["vienna", "bratislava"]),
        ("distance", json!({"geo": geo}), vec!["bratislava", "vienna"]),
    ] {
        let body = json!({"query": "jazz", "filters": filters, "sort_by": sort, "use_semantic": false});
        assert_eq!(app.filter(T1, &body).await, ids, "{sort}");
    }
    // What is asked for most comes first where there is no relevance.
    assert_eq!(app.filter(T1, &json!({})).await[0], "vienna");
}

#[tokio::test]
async fn around_a_point_the_nearest_comes_first_with_its_distance() {
    let app = filled().await;
    let user = app.user(T1, Role::User);
    let body = json!({"location": {"lat": 48.15, "lng": 17.1}, "radius_km": 100, "include_facets": true});
    let found = app.post("/search/geo", &body).by(&user).data().await;
    assert_eq!(crate::support::ids_of(&found), ["bratislava", "vienna"]);
    let distance = |at: usize| found["results"][at]["distance_km"].as_f64().unwrap();
    assert!(distance(0) < 1.0 && (54.0..56.0).contains(&distance(1)), "{found}");
    assert_eq!(found["facets"]["city"].as_array().unwrap().len(), 2);
    let with_query = json!({"location": {"lat": 48.15, "lng": 17.1}, "radius_km": 100, "query": "techno"});
    assert_eq!(app.post("/search/geo", &with_query).by(&user).data().await["total"], 0);
}

#[tokio::test]
async fn facets_count_all_results_and_not_one_page() {
    let app = filled().await;
    let user = app.user(T1, Role::User);
    let body = json!({"query": "jazz", "include_facets": true, "limit": 1, "use_semantic": false});
    let found = app.post("/search", &body).by(&user).data().await;
    assert_eq!((found["results"].as_array().unwrap().len(), &found["total"]), (1, &json!(4)));
    let facets = &found["facets"];
    assert_eq!(facets["category"], json!([{"value": "Music", "count": 2}, {"value": "Food", "count": 1}]));
    assert_eq!(facets["entity_type"], json!([{"value": "event", "count": 4}]));
    assert_eq!(facets["tags"], json!([{"value": "live", "count": 2}, {"value": "Free Entry", "count": 1}]));
    assert_eq!(facets["month"], json!([{"value": "2027-05", "count": 2}, {"value": "2027-06", "count": 1}]));
    let prices: Vec<(f64, u64)> = facets["price"]
        .as_array()
        .unwrap()
        .iter()
        .map(|range| (range["from"].as_f64().unwrap(), range["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(prices, [(0.0, 1), (0.01, 1), (250.0, 1)]);
    let narrowed = json!({"query": "jazz", "filters": {"city": "wien"}, "include_facets": true});
    let found = app.post("/search/advanced", &narrowed).by(&user).data().await;
    assert_eq!(found["facets"]["city"], json!([{"value": "Wien", "count": 1}]));
}

#[tokio::test]
async fn each_mistake_has_its_code() {
    let app = App::start().await;
    let user = app.user(T1, Role::User);
    let place = json!({"lat": 48, "lng": 16});
    let geo = |body: Value| json!({"filters": {"geo": body}});
    for (path, body, code) in [
        ("/search", json!({"query": "a"}), "QUERY_TOO_SHORT"),
        ("/search", json!({"query": " a "}), "QUERY_TOO_SHORT"),
        ("/search", json!({"query": "x".repeat(1001)}), "QUERY_TOO_LONG"),
        ("/search", json!({"query": "jazz", "entity_type": "film"}), "INVALID_ENTITY_TYPE"),
        ("/search", json!({"query": "jazz", "sort_by": "name"}), "INVALID_SORT_BY"),
        ("/search", json!({"query": "jazz", "sort_by": "distance"}), "INVALID_SORT_BY"),
        ("/search", json!({"query": "jazz", "page": 0}), "INVALID_PAGE"),
        ("/search", json!({"query": "jazz", "page": 501}), "INVALID_PAGE"),
        ("/search", json!({"query": "jazz", "limit": 101}), "INVALID_LIMIT"),
        ("/search", json!({"query": "jazz", "limit": "x"}), "VALIDATION_FAILED"),
        ("/search", json!({"query": "jazz", "filter": {}}), "VALIDATION_FAILED"),
        ("/search", json!({}), "VALIDATION_FAILED"),
        ("/search/advanced", json!({"query": ""}), "QUERY_TOO_SHORT"),
        ("/search/advanced", json!({"filters": {"date_from": "tomorrow"}}), "INVALID_DATE_RANGE"),
        (
            "/search/advanced",
            json!({"filters": {"date_from": "2027-02-01", "date_to": "2027-01-01"}}),
            "INVALID_DATE_RANGE",
        ),
        ("/search/advanced", json!({"filters": {"price_min": 2, "price_max": 1}}), "INVALID_PRICE_RANGE"),
        ("/search/advanced", json!({"filters": {"price_min": -1}}), "INVALID_PRICE_RANGE"),
        ("/search/advanced", json!({"filters": {"rating_min": 6}}), "VALIDATION_FAILED"),
        ("/search/advanced", json!({"filters": {"venue": "x"}}), "VALIDATION_FAILED"),
        ("/search/advanced", geo(json!({"location": place, "radius_km": 501})), "INVALID_RADIUS"),
        ("/search/advanced", geo(json!({"location": {"lat": 91, "lng": 0}, "radius_km": 5})), "INVALID_GEO_LOCATION"),
        ("/search/advanced", geo(json!({"location": place})), "INVALID_GEO_LOCATION"),
        (
            "/search/advanced",
            geo(json!({"south_west": {"lat": 49, "lng": 1}, "north_east": place})),
            "INVALID_GEO_LOCATION",
        ),
        ("/search/geo", json!({"location": place, "radius_km": 0.5}), "INVALID_RADIUS"),
        ("/search/geo", json!({"location": {"lat": 0, "lng": 181}, "radius_km": 5}), "INVALID_GEO_LOCATION"),
        ("/search/geo", json!({"radius_km": 5}), "VALIDATION_FAILED"),
        ("/search/similar", json!({"id": "1", "entity_type": "film"}), "INVALID_ENTITY_TYPE"),
        ("/search/similar", json!({"id": "1", "entity_type": "event", "limit": 0}), "INVALID_LIMIT"),
    ] {
        assert_eq!(app.post(path, &body).by(&user).refused().await, refusal(400, code), "{path} {body}");
    }
}
