//! The HTTP API of template.yaml: chooses a route as API Gateway does.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use local_aws::template::Route;
use tower::ServiceExt;

/// All routes, the more specific ones first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gateway(Vec<Integration>);

#[derive(Clone, Debug)]
struct Integration {
    pattern: Pattern,
    method: Option<Method>,
    router: Router,
}

/// A route's path. The order of the variants is the order in which API Gateway prefers them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pattern {
    Path(Vec<Segment>),
    /// `$default`: what no other route matches.
    Default,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    /// `{name}`
    Variable,
    /// `{name+}`: one segment or more, always the last.
    Rest,
}

impl Gateway {
    /// Adds what `router` answers. A method that is none is an error of the template.
    pub(crate) fn add(&mut self, route: &Route, router: &Router) -> Result<(), http::method::InvalidMethod> {
        let method = match route.method.as_str() {
            "ANY" => None,
            name => Some(Method::from_bytes(name.as_bytes())?),
        };
        self.0.push(Integration { pattern: Pattern::parse(&route.path), method, router: router.clone() });
        self.0.sort_by(|a, b| (&a.pattern, a.method.is_none()).cmp(&(&b.pattern, b.method.is_none())));
        Ok(())
    }

    /// Lets the service answer whose route matches best.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        match self.choose(request.method(), request.uri().path()) {
            Some(integration) => integration.router.clone().oneshot(request).await.into_response(),
            // Word for word what API Gateway says without a `$default` route.
            None => (StatusCode::NOT_FOUND, axum::Json(serde_json::json!({ "message": "Not Found" }))).into_response(),
        }
    }

    fn choose(&self, method: &Method, path: &str) -> Option<&Integration> {
        self.0.iter().find(|integration| {
            integration.method.as_ref().is_none_or(|own| own == method) && integration.pattern.matches(path)
        })
    }
}

impl Pattern {
    fn parse(path: &str) -> Self {
        if path == "$default" {
            return Self::Default;
        }
        let segments = path.trim_start_matches('/').split('/');
        Self::Path(segments.map(Segment::parse).collect())
    }

    fn matches(&self, path: &str) -> bool {
        let Self::Path(pattern) = self else { return true };
        let mut given = path.trim_start_matches('/').split('/');
        for segment in pattern {
            match (segment, given.next()) {
                (Segment::Literal(literal), Some(text)) if literal == text => {}
                (Segment::Variable, Some(text)) if !text.is_empty() => {}
                (Segment::Rest, Some(text)) => return !text.is_empty() || given.next().is_some(),
                _ => return false,
            }
        }
        given.next().is_none()
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) if name.ends_with('+') => Self::Rest,
            Some(_) => Self::Variable,
            None => Self::Literal(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway(routes: &[(&str, &str)]) -> Gateway {
        let mut gateway = Gateway::default();
        for (method, path) in routes {
            let route = Route { method: (*method).to_owned(), path: (*path).to_owned() };
            gateway.add(&route, &Router::new()).unwrap();
        }
        gateway
    }

    fn chosen(gateway: &Gateway, method: &Method, path: &str) -> Option<(Option<Method>, Pattern)> {
        gateway.choose(method, path).map(|integration| (integration.method.clone(), integration.pattern.clone()))
    }

    #[test]
    fn the_most_specific_route_wins_whatever_their_order() {
        let routes =
            [("ANY", "$default"), ("ANY", "/a/{proxy+}"), ("ANY", "/a/b"), ("GET", "/a/{id}"), ("GET", "/a/{proxy+}")];
        for rotation in 0..routes.len() {
            let mut routes = routes;
            routes.rotate_left(rotation);
            let gateway = gateway(&routes);
            let path = |method, path| chosen(&gateway, method, path).unwrap();
            assert_eq!(path(&Method::GET, "/a/b"), (None, Pattern::parse("/a/b")));
            assert_eq!(path(&Method::GET, "/a/c"), (Some(Method::GET), Pattern::parse("/a/{id}")));
            assert_eq!(path(&Method::GET, "/a/c/d"), (Some(Method::GET), Pattern::parse("/a/{proxy+}")));
            assert_eq!(path(&Method::PUT, "/a/c/d"), (None, Pattern::parse("/a/{proxy+}")));
            assert_eq!(path(&Method::GET, "/other"), (None, Pattern::Default));
        }
    }

    #[test]
    fn the_rest_is_at_least_one_segment() {
        let gateway = gateway(&[("ANY", "/auth/v1/{proxy+}")]);
        assert!(chosen(&gateway, &Method::GET, "/auth/v1/login").is_some());
        for other in ["/auth/v1", "/auth/v1/", "/auth/v10/login", "/"] {
            assert_eq!(chosen(&gateway, &Method::GET, other), None, "{other}");
        }
    }
}
