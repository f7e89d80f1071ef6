//! The page at `/search`: results while one types, facets, and what a score is made of, by search's API alone.

use super::site::Site;

/// Only this process's own scripts run, and they speak with it alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) static SEARCH: Site = Site {
    name: "search",
    paths: &["/search"],
    html: include_str!("search.html"),
    style: include_str!("search.css"),
    scripts: &[
        ("client.js", include_str!("client.js")),
        ("facets.js", include_str!("facets.js")),
        ("finder.js", include_str!("finder.js")),
        ("latest.js", include_str!("latest.js")),
        ("marked.js", include_str!("marked.js")),
        ("results.js", include_str!("results.js")),
        ("search.js", include_str!("search.js")),
        ("suggestions.js", include_str!("suggestions.js")),
        ("wanted.js", include_str!("wanted.js")),
    ],
    policy: POLICY,
};
