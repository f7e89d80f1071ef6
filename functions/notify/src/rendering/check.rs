//! What a template may hold, looked at before it is ever rendered.

use std::collections::BTreeSet;

use handlebars::template::{HelperTemplate, Parameter, Subexpression, TemplateElement};
use handlebars::{Path, PathSeg, Template};

/// Blocks within blocks.
const DEEPEST_BLOCK: usize = 3;
/// Loops within loops.
const DEEPEST_LOOP: usize = 2;
/// Tags of one part.
const MOST_TAGS: usize = 1000;
/// Loops of one part, and of these those within another one: with 200 entries each they make 84 000 rounds.
const MOST_LOOPS: usize = 20;
const MOST_INNER_LOOPS: usize = 2;
/// Backslashes in a row; the parser looks at the whole row for each of them.
const MOST_BACKSLASHES: usize = 8;
/// Brackets within brackets of one tag; the parser goes as deep as they do.
const DEEPEST_BRACKET: usize = 16;
const BLOCKS: [&str; 4] = ["if", "unless", "each", "with"];
const HELPERS: [&str; 11] = ["lookup", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not", "len"];

/// Why a text is no template of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {problem}")]
pub(crate) struct TemplateProblem {
    /// `subject`, `title`, `text` or `html`.
    pub(crate) part: &'static str,
    /// What is wrong.
    pub(crate) problem: String,
}

/// What a template uses.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Variables that it names outside of loops, where names mean something else.
    pub(super) variables: BTreeSet<String>,
    /// Those that it writes without escaping.
    pub(super) raw: BTreeSet<String>,
    loops: usize,
    inner_loops: usize,
}

/// Where a walk is.
#[derive(Clone, Copy, Default)]
struct Place {
    blocks: usize,
    loops: usize,
    /// Whether names are still the message's variables.
    moved: bool,
}

/// Parses `source` and refuses what templates may not hold.
pub(super) fn parse(source: &str) -> Result<(Template, Uses), String> {
    if deepest_bracket(source) > DEEPEST_BRACKET {
        return Err(format!("brackets nest deeper than {DEEPEST_BRACKET}"));
    }
    if source.matches("{{").count() > MOST_TAGS {
        return Err(format!("it has more than {MOST_TAGS} tags"));
    }
    if source.contains(&"\\".repeat(MOST_BACKSLASHES + 1)) {
        return Err(format!("it has more than {MOST_BACKSLASHES} backslashes in a row"));
    }
    let template = Template::compile(source).map_err(|error| error.reason().to_string())?;
    let mut uses = Uses::default();
    walk(&template, Place::default(), &mut uses)?;
    if uses.loops > MOST_LOOPS || uses.inner_loops > MOST_INNER_LOOPS {
        return Err(format!("it has more than {MOST_LOOPS} loops, or {MOST_INNER_LOOPS} within others"));
    }
    Ok((template, uses))
}

/// How deep brackets nest within any tag.
fn deepest_bracket(source: &str) -> usize {
    let (mut deepest, mut depth, mut inside) = (0_usize, 0_usize, false);
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        if !inside && rest.starts_with("{{") {
            (inside, depth) = (true, 0);
            rest = rest.trim_start_matches('{');
            continue;
        }
        if rest.starts_with("}}") && depth == 0 {
            inside = false;
        }
        match character {
            '(' | '[' | '{' if inside => depth += 1,
            ')' | ']' | '}' if inside => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        rest = &rest[character.len_utf8()..];
    }
    deepest
}

fn walk(template: &Template, place: Place, uses: &mut Uses) -> Result<(), String> {
    template.elements.iter().try_for_each(|element| match element {
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => Ok(()),
        TemplateElement::Expression(tag) => expression(tag, place, uses).map(|_| ()),
        TemplateElement::HtmlExpression(tag) => match expression(tag, place, uses)? {
            Some(name) if !place.moved => {
                uses.raw.insert(name);
                Ok(())
            }
            _ => Err("only a variable itself can stand in {{{ }}}".to_owned()),
        },
        TemplateElement::HelperBlock(tag) => block(tag, place, uses),
        _ => Err("partials and decorators are not supported".to_owned()),
    })
}

fn block(tag: &HelperTemplate, place: Place, uses: &mut Uses) -> Result<(), String> {
    let name = tag.name.as_name().unwrap_or_default();
    if !BLOCKS.contains(&name) {
        return Err(format!("there is no block `{name}`"));
    }
    parameters(tag, place, uses)?;
    let moves = matches!(name, "each" | "with");
    // An `else if` is no deeper than its `if`.
    let blocks = place.blocks + usize::from(!tag.chain);
    let inner = Place { blocks, loops: place.loops + usize::from(name == "each"), moved: place.moved || moves };
    if inner.blocks > DEEPEST_BLOCK || inner.loops > DEEPEST_LOOP {
        return Err(format!("blocks nest deeper than {DEEPEST_BLOCK}, or loops deeper than {DEEPEST_LOOP}"));
    }
    uses.loops += usize::from(name == "each");
    uses.inner_loops += usize::from(name == "each" && place.loops > 0);
    tag.template.iter().try_for_each(|template| walk(template, inner, uses))?;
    let outer = Place { blocks: inner.blocks, ..place };
    tag.inverse.iter().try_for_each(|template| walk(template, outer, uses))
}

/// The variable that the tag writes, if it does nothing else.
fn expression(tag: &HelperTemplate, place: Place, uses: &mut Uses) -> Result<Option<String>, String> {
    if tag.params.is_empty() && tag.hash.is_empty() {
        return match &tag.name {
            Parameter::Name(name) => {
                note(name, place, uses);
                Ok(Some(name.clone()))
            }
            other => parameter(other, place, uses),
        };
    }
    let name = tag.name.as_name().unwrap_or_default();
    if !HELPERS.contains(&name) {
        return Err(format!("there is no helper `{name}`"));
    }
    parameters(tag, place, uses)?;
    Ok(None)
}

fn parameters(tag: &HelperTemplate, place: Place, uses: &mut Uses) -> Result<(), String> {
    tag.params.iter().chain(tag.hash.values()).try_for_each(|one| parameter(one, place, uses).map(|_| ()))
}

/// The variable that a parameter names, if it names one.
fn parameter(parameter: &Parameter, place: Place, uses: &mut Uses) -> Result<Option<String>, String> {
    match parameter {
        Parameter::Path(Path::Relative((segments, _))) => match segments.first() {
            Some(PathSeg::Named(name)) => {
                note(name, place, uses);
                Ok((segments.len() == 1).then(|| name.clone()))
            }
            _ => Ok(None),
        },
        Parameter::Path(Path::Local(_)) | Parameter::Literal(_) | Parameter::Name(_) => Ok(None),
        Parameter::Subexpression(Subexpression { element, .. }) => match element.as_ref() {
            TemplateElement::Expression(tag) => expression(tag, place, uses).map(|_| None),
            _ => Err("only helpers can stand in brackets".to_owned()),
        },
        _ => Err("this kind of parameter is not supported".to_owned()),
    }
}

fn note(name: &str, place: Place, uses: &mut Uses) {
    if !place.moved && name != "this" {
        uses.variables.insert(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(source: &str) -> String {
        parse(source).err().unwrap_or_default()
    }

    #[test]
    fn variables_are_found_wherever_they_stand_but_in_loops() {
        let source =
            "{{a}} {{b.c}} {{#if (eq d 1)}}{{e}}{{else}}{{f}}{{/if}} {{#each g}}{{name}} {{@index}}{{/each}} {{len h}}";
        let (_, uses) = parse(source).unwrap();
        assert_eq!(uses.variables.into_iter().collect::<Vec<_>>(), ["a", "b", "d", "e", "f", "g", "h"]);
        let (_, uses) = parse("{{{a}}} {{b}}").unwrap();
        assert_eq!(uses.raw.into_iter().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn what_templates_may_not_hold_is_refused() {
        for wrong in [
            "{{> partial}}",
            "{{#> layout}}{{/layout}}",
            "{{#*inline \"x\"}}{{/inline}}",
            "{{log a}}",
            "{{#raw}}x{{/raw}}",
            "{{shout a}}",
            "{{#each a}}{{{b}}}{{/each}}",
            "{{#each a}}{{#each b}}{{#each c}}{{/each}}{{/each}}{{/each}}",
            "{{#if a}}{{#if a}}{{#if a}}{{#if a}}{{/if}}{{/if}}{{/if}}{{/if}}",
            &"{{#each a}}{{/each}}".repeat(21),
            &"{{#each a}}{{#each b}}{{/each}}{{/each}}".repeat(3),
            &"{{a}}".repeat(1001),
            &"\\".repeat(60_000),
            "{{#if a}}",
            "{{a",
        ] {
            assert_ne!(problem(wrong), "", "{wrong}");
        }
        assert_eq!(problem("{{#if a}}{{else if b}}{{else if c}}{{else if d}}{{else}}{{/if}}"), "");
        assert_eq!(problem(&format!("plain {} text", "(".repeat(1000))), "");
    }

    #[test]
    fn deep_brackets_end_before_the_parser_sees_them() {
        for bracket in ["(", "[", "{"] {
            assert!(problem(&format!("{{{{eq {}", bracket.repeat(30_000))).starts_with("brackets"), "{bracket}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(source in r"(\{\{[#/^&>!~]?|\}\}|[a-z() \[\]@./]|[^a-z])*{0,60}") {
            let _ = parse(&source);
        }
    }
}
