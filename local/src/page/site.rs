//! A small web application of its own: a document, its style and its scripts, all of them from this process.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;

use super::{document, file, script};

/// One application. It speaks with the services by their APIs alone, and knows nothing that another one would not.
pub(super) struct Site {
    /// Its folder below `/_local`.
    pub(super) name: &'static str,
    /// Where the document is.
    pub(super) paths: &'static [&'static str],
    pub(super) html: &'static str,
    pub(super) style: &'static str,
    /// By their names.
    pub(super) scripts: &'static [(&'static str, &'static str)],
    /// What its document may do (`Content-Security-Policy`).
    pub(super) policy: &'static str,
}

impl Site {
    /// The document at its paths, and what it loads.
    pub(super) fn router(&'static self) -> Router {
        let page = get(async || document(self.policy, self.html));
        let pages = self.paths.iter().fold(Router::new(), |router, path| router.route(path, page.clone()));
        let own = async |Path(name): Path<String>| script(self.scripts, &name);
        pages
            .route(
                &format!("/_local/{0}/{0}.css", self.name),
                get(async || file("text/css; charset=utf-8", self.style)),
            )
            .route(&format!("/_local/{}/{{name}}", self.name), get(own))
    }
}

#[cfg(test)]
mod tests {
    use super::super::SITES;

    /// Texts of all sites, but for libraries that are there as they are.
    fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
        SITES.iter().flat_map(|site| {
            let own = site.scripts.iter().copied().filter(|(name, _)| !name.ends_with(".min.js"));
            own.chain([(site.name, site.html), (site.name, site.style)])
        })
    }

    #[test]
    fn everything_comes_from_here_is_kept_in_memory_and_writes_text_only() {
        let hosts = ["http://", "https://", "//cdn"];
        let html = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("];
        let kept = ["localStorage", "sessionStorage", "indexedDB", "document.cookie"];
        for (name, text) in texts() {
            for wrong in hosts.into_iter().chain(html).chain(kept) {
                assert!(!text.contains(wrong), "{name}: {wrong}");
            }
        }
    }

    #[test]
    fn nothing_is_inline() {
        for site in SITES {
            for inline in ["<script>", "<style", " style=", " onclick=", " onsubmit=", "javascript:"] {
                assert!(!site.html.contains(inline), "{}: {inline}", site.name);
            }
        }
    }
}
