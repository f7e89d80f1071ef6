//! A message's parts, parsed once and rendered for each recipient.

use std::collections::BTreeSet;
use std::io;
use std::sync::OnceLock;

use handlebars::{Context, Handlebars, Output, RenderContext, RenderErrorReason, Renderable, Template, no_escape};

use super::check::{TemplateProblem, parse};
use super::content::Content;
use super::variables::Variables;

/// What rendering stops at, in bytes.
const LARGEST_OUTPUT: usize = 1024 * 1024;

/// Why a message cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {problem}")]
pub(crate) struct RenderProblem {
    /// `subject`, `title`, `text` or `html`.
    pub(crate) part: &'static str,
    /// What is wrong, without any value.
    pub(crate) problem: String,
}

/// A message's parts, ready to be rendered.
#[derive(Debug)]
pub(crate) struct Compiled {
    subject: Option<Template>,
    title: Option<Template>,
    text: Option<Template>,
    html: Option<Template>,
    /// Variables that are named.
    pub(crate) variables: BTreeSet<String>,
}

impl Compiled {
    /// Parses `content`. Only variables in `unescaped` may stand in `{{{ }}}`, and only in HTML they are special.
    pub(crate) fn new(content: &Content, unescaped: &BTreeSet<String>) -> Result<Self, TemplateProblem> {
        let mut variables = BTreeSet::new();
        let mut compile = |part: &'static str, source: &Option<String>| {
            let Some(source) = source else { return Ok(None) };
            let wrong = |problem: String| TemplateProblem { part, problem };
            let (template, mut uses) = parse(source).map_err(wrong)?;
            if let Some(name) = uses.raw.difference(unescaped).next().filter(|_| part == "html") {
                return Err(wrong(format!("`{name}` stands in {{{{{{ }}}}}} but is not declared as html")));
            }
            variables.append(&mut uses.variables);
            Ok(Some(template))
        };
        let subject = compile("subject", &content.subject)?;
        let title = compile("title", &content.title)?;
        let text = compile("text", &content.text)?;
        let html = compile("html", &content.html)?;
        Ok(Self { subject, title, text, html, variables })
    }

    /// The message for these variables.
    pub(crate) fn render(&self, variables: &Variables) -> Result<Content, RenderProblem> {
        let wrong = |part, problem: String| RenderProblem { part, problem };
        let context = Context::wraps(variables).map_err(|error| wrong("variables", error.to_string()))?;
        let part = |part, template: &Option<Template>| {
            let Some(template) = template else { return Ok(None) };
            render(template, &context, part == "html").map(Some).map_err(|problem| wrong(part, problem))
        };
        let line = |name, template: &Option<Template>| match part(name, template)? {
            Some(line) if line.contains(['\r', '\n']) => Err(wrong(name, "is not one line".to_owned())),
            line => Ok(line),
        };
        Ok(Content {
            subject: line("subject", &self.subject)?,
            title: line("title", &self.title)?,
            text: part("text", &self.text)?,
            html: part("html", &self.html)?,
        })
    }
}

fn render(template: &Template, context: &Context, html: bool) -> Result<String, String> {
    let mut output = Bounded::default();
    match template.render(registry(html), context, &mut RenderContext::new(None), &mut output) {
        Ok(()) => Ok(output.0),
        Err(error) => Err(match error.reason() {
            RenderErrorReason::MissingVariable(Some(path)) => format!("there is no `{path}`"),
            RenderErrorReason::IOError(_) => format!("the message is larger than {LARGEST_OUTPUT} bytes"),
            // Others may quote values.
            _ => format!("line {} cannot be rendered", error.line_no.unwrap_or(1)),
        }),
    }
}

/// The helpers; one for HTML, which escapes, and one for everything else.
fn registry(html: bool) -> &'static Handlebars<'static> {
    static HTML: OnceLock<Handlebars<'static>> = OnceLock::new();
    static PLAIN: OnceLock<Handlebars<'static>> = OnceLock::new();
    let strict = || {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry
    };
    if html {
        return HTML.get_or_init(strict);
    }
    PLAIN.get_or_init(|| {
        let mut registry = strict();
        registry.register_escape_fn(no_escape);
        registry
    })
}

/// Text that does not grow without end.
#[derive(Default)]
struct Bounded(String);

impl Output for Bounded {
    fn write(&mut self, segment: &str) -> Result<(), io::Error> {
        if self.0.len() + segment.len() > LARGEST_OUTPUT {
            return Err(io::Error::other("too large"));
        }
        self.0.push_str(segment);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn content(text: &str, html: &str) -> Content {
        Content { text: Some(text.to_owned()), html: Some(html.to_owned()), ..Content::default() }
    }

    fn render(content: &Content, variables: &Value) -> Result<Content, String> {
        let compiled =
            Compiled::new(content, &BTreeSet::from(["body".to_owned()])).map_err(|wrong| wrong.to_string())?;
        compiled.render(variables.as_object().unwrap()).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let rendered =
            render(&content("{{a}}", "<p>{{a}}{{{body}}}</p>"), &json!({"a": "<&>", "body": "<b>"})).unwrap();
        assert_eq!(rendered, content("<&>", "<p>&lt;&amp;&gt;<b></p>"));
        assert!(render(&content("x", "{{{a}}}"), &json!({"a": 1})).unwrap_err().contains("`a`"));
    }

    #[test]
    fn a_missing_variable_is_named() {
        for source in ["{{user.name}}", "{{#each user.name}}x{{/each}}"] {
            let wrong = render(&content(source, "x"), &json!({"user": {}})).unwrap_err();
            assert_eq!(wrong, "text: there is no `user.name`", "{source}");
        }
        // Whether it is there may be asked.
        let asked = render(&content("{{#if user.name}}x{{else}}y{{/if}}", "x"), &json!({"user": {}})).unwrap();
        assert_eq!(asked.text.unwrap(), "y");
    }

    #[test]
    fn output_is_bounded_and_headers_are_one_line() {
        let source = "{{#each a}}{{#each ../a}}{{../../b}}{{/each}}{{/each}}";
        let variables = json!({"a": vec![1; 200], "b": "x".repeat(100)});
        assert!(render(&content(source, "x"), &variables).unwrap_err().contains("larger"));
        let subject = Content { subject: Some("{{a}}".to_owned()), ..Content::default() };
        assert!(render(&subject, &json!({"a": "x\r\nBcc: y"})).unwrap_err().contains("one line"));
    }
}
