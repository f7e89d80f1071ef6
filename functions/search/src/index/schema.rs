//! The index's fields, and a document as it is indexed.

use std::sync::LazyLock;

use serde_json::Number;
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};

use super::analysis::{fold, words};
use super::stemming::Stem;
use super::vectors::{FIELD_TYPE, Quantised};
use crate::documents::{Attribute, Document};

/// To be raised with every change of what stands in an index: older ones are then made anew.
pub(crate) const LAYOUT: u32 = 1;
/// Places between two tags, so that no phrase goes from one to the next.
const GAP: usize = 10;

/// The index's fields.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    /// Type and id, by which a document is replaced.
    pub(crate) key: Field,
    /// The document as JSON.
    pub(crate) body: Field,
    /// Every word and stem of the document, once: for typos, prefixes and exclusion.
    pub(crate) vocabulary: Field,
    pub(crate) title: Field,
    pub(crate) tags: Field,
    pub(crate) city: Field,
    pub(crate) description: Field,
    pub(crate) entity_type: Field,
    pub(crate) category_key: Field,
    pub(crate) tag_keys: Field,
    pub(crate) city_key: Field,
    pub(crate) country_key: Field,
    pub(crate) currency_key: Field,
    pub(crate) attributes: Field,
    vector: Field,
    start: Field,
    end: Field,
    price_min: Field,
    price_max: Field,
    rating: Field,
    popularity: Field,
    lat: Field,
    lng: Field,
    facet_category: Field,
    facet_tags: Field,
    facet_city: Field,
    facet_country: Field,
    facet_type: Field,
}

/// The index's fields, the same ones in every index of this [`LAYOUT`].
pub(crate) fn fields() -> &'static Fields {
    static FIELDS: LazyLock<Fields> = LazyLock::new(Fields::new);
    &FIELDS
}

impl Fields {
    fn new() -> Self {
        let mut schema = SchemaBuilder::new();
        let indexed = |option| TextFieldIndexing::default().set_tokenizer("raw").set_index_option(option);
        let text = TextOptions::default().set_indexing_options(indexed(IndexRecordOption::WithFreqsAndPositions));
        let key = TextOptions::default().set_indexing_options(indexed(IndexRecordOption::Basic).set_fieldnorms(false));
        let facet = TextOptions::default().set_fast("raw");
        let number = || FAST;
        Self {
            key: schema.add_text_field("key", key.clone()),
            body: schema.add_text_field("body", STORED),
            vocabulary: schema.add_text_field("vocabulary", key.clone()),
            title: schema.add_text_field("title", text.clone()),
            tags: schema.add_text_field("tags", text.clone()),
            city: schema.add_text_field("city", text.clone()),
            description: schema.add_text_field("description", text),
            entity_type: schema.add_text_field("entity_type", key.clone()),
            category_key: schema.add_text_field("category_key", key.clone()),
            tag_keys: schema.add_text_field("tag_keys", key.clone()),
            city_key: schema.add_text_field("city_key", key.clone()),
            country_key: schema.add_text_field("country_key", key.clone()),
            currency_key: schema.add_text_field("currency_key", key.clone()),
            attributes: schema.add_text_field("attributes", key),
            vector: schema.add_custom_field("vector", FIELD_TYPE, serde_json::json!({})),
            start: schema.add_i64_field("start", INDEXED | number()),
            end: schema.add_i64_field("end", INDEXED | number()),
            price_min: schema.add_f64_field("price_min", number()),
            price_max: schema.add_f64_field("price_max", number()),
            rating: schema.add_f64_field("rating", number()),
            popularity: schema.add_f64_field("popularity", number()),
            lat: schema.add_f64_field("lat", number()),
            lng: schema.add_f64_field("lng", number()),
            facet_category: schema.add_text_field("category", facet.clone()),
            facet_tags: schema.add_text_field("tag", facet.clone()),
            facet_city: schema.add_text_field("city_name", facet.clone()),
            facet_country: schema.add_text_field("country", facet.clone()),
            facet_type: schema.add_text_field("type", facet),
            schema: schema.build(),
        }
    }

    /// A document as it is indexed, with stems of its language.
    pub(super) fn index(
        &self,
        document: &Document,
        json: &str,
        stem: Option<&Stem>,
        vector: Option<&Quantised>,
    ) -> TantivyDocument {
        let mut indexed = TantivyDocument::new();
        indexed.add_text(self.key, document.key().text());
        indexed.add_text(self.body, json);
        let mut vocabulary = Vec::new();
        let mut add = |field: Field, texts: &[&str]| {
            let tokens = tokens(texts, stem);
            vocabulary.extend(tokens.iter().map(|token| token.text.clone()));
            indexed.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
        };
        add(self.title, &[&document.title]);
        let tags = document.tags.0.iter().chain(&document.category).map(String::as_str);
        add(self.tags, &tags.collect::<Vec<_>>());
        add(self.city, &document.city.iter().map(String::as_str).collect::<Vec<_>>());
        add(self.description, &document.description.iter().map(String::as_str).collect::<Vec<_>>());
        vocabulary.sort_unstable();
        vocabulary.dedup();
        let entry = |text| Token { text, position: 0, position_length: 1, ..Token::default() };
        let tokens = vocabulary.into_iter().map(entry).collect();
        indexed.add_pre_tokenized_text(self.vocabulary, PreTokenizedString { text: String::new(), tokens });
        self.add_keys(&mut indexed, document);
        self.add_numbers(&mut indexed, document);
        if let Some(vector) = vector {
            indexed.add_custom(self.vector, &vector.to_bytes());
        }
        indexed
    }

    /// The fields that words are looked for in.
    pub(crate) fn texts(&self) -> [Field; 4] {
        [self.title, self.tags, self.city, self.description]
    }

    fn add_keys(&self, indexed: &mut TantivyDocument, document: &Document) {
        indexed.add_text(self.entity_type, document.entity_type.name());
        indexed.add_text(self.facet_type, document.entity_type.name());
        let named = [
            (&document.category, self.category_key, Some(self.facet_category)),
            (&document.city, self.city_key, Some(self.facet_city)),
            (&document.country, self.country_key, Some(self.facet_country)),
            (&document.currency, self.currency_key, None),
        ];
        for (value, key, facet) in named {
            let Some(value) = value else { continue };
            indexed.add_text(key, key_of(value));
            if let Some(facet) = facet {
                indexed.add_text(facet, value.trim());
            }
        }
        for tag in &document.tags.0 {
            indexed.add_text(self.tag_keys, key_of(tag));
            indexed.add_text(self.facet_tags, tag.trim());
        }
        for (name, value) in &document.attributes {
            for value in attribute_values(value) {
                indexed.add_text(self.attributes, attribute_key(name, &value));
            }
        }
    }

    fn add_numbers(&self, indexed: &mut TantivyDocument, document: &Document) {
        if let Some(start) = document.start_date {
            indexed.add_i64(self.start, start.as_millisecond());
            indexed.add_i64(self.end, document.end_date.unwrap_or(start).as_millisecond());
        }
        let numbers = [
            (self.price_min, document.price_min),
            (self.price_max, document.price_max.or(document.price_min)),
            (self.rating, document.rating),
            (self.popularity, document.popularity),
            (self.lat, document.location.map(|place| place.lat)),
            (self.lng, document.location.map(|place| place.lng)),
        ];
        for (field, number) in numbers {
            if let Some(number) = number {
                indexed.add_f64(field, number);
            }
        }
    }
}

/// A value as filters compare it: without case, accents and spaces around it.
pub(crate) fn key_of(text: &str) -> String {
    fold(text.trim())
}

/// A tenant's own field with one of its values.
pub(crate) fn attribute_key(name: &str, value: &str) -> String {
    format!("{name}\u{1}{value}")
}

/// The values of a tenant's own field, as they are compared.
pub(crate) fn attribute_values(value: &Attribute) -> Vec<String> {
    match value {
        Attribute::Flag(flag) => vec![flag.to_string()],
        Attribute::Number(number) => vec![plain(&number.0)],
        Attribute::Text(text) => vec![key_of(text)],
        Attribute::Texts(texts) => texts.iter().map(|text| key_of(text)).collect(),
    }
}

/// A number in its one form: 18.0 is 18.
fn plain(number: &Number) -> String {
    let whole =
        number.as_i64().map(|whole| whole.to_string()).or_else(|| number.as_u64().map(|whole| whole.to_string()));
    whole.or_else(|| number.as_f64().map(|number| number.to_string())).unwrap_or_default()
}

/// Words with their stems at the same places, so that phrases are found.
fn tokens(texts: &[&str], stem: Option<&Stem>) -> Vec<Token> {
    let (mut found, mut position) = (Vec::new(), 0);
    let mut push = |position, text| found.push(Token { position, text, position_length: 1, ..Token::default() });
    for text in texts {
        for word in words(text) {
            if let Some(stem) = stem {
                push(position, stem.term(&word));
            }
            if let Some(spelled) = word.spelled_out() {
                push(position, spelled);
            }
            push(position, word.folded);
            position += 1;
        }
        position += GAP;
    }
    found
}
