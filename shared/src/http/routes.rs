//! The handlers of one path: how they are served, and how they are described when that is asked for.

use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa_axum::PathItemExt;
use utoipa_axum::router::UtoipaMethodRouter;

/// What [`routes!`](crate::routes) makes of the handlers of one path.
///
/// A cold start only needs to serve them. Their description takes far longer to make, so
/// it is made for the first who asks for the OpenAPI document.
pub struct Routes<S> {
    pub(super) path: String,
    pub(super) methods: MethodRouter<S>,
    pub(super) described: fn() -> UtoipaMethodRouter<S>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No handler yet; `described` describes those to come.
    #[must_use]
    pub fn new(described: fn() -> UtoipaMethodRouter<S>) -> Self {
        Self { path: String::new(), methods: MethodRouter::new(), described }
    }

    /// Adds `handler`, whose path and method are in the `P` that `#[utoipa::path]` made for it.
    #[must_use]
    pub fn handle<P: utoipa::Path, H: Handler<T, S> + Copy, T: 'static>(mut self, handler: H) -> Self {
        debug_assert!(self.path.is_empty() || self.path == P::path(), "handlers of one list share a path");
        self.path = P::path();
        for method in P::methods() {
            self.methods = self.methods.on(method.to_method_filter(), handler);
        }
        self
    }
}

/// The [`Routes`](crate::http::Routes) of one or more `#[utoipa::path]` handlers that share a path.
#[macro_export]
macro_rules! routes {
    ($($($name:ident)::+),+ $(,)?) => {
        $crate::http::Routes::new(|| $crate::http::utoipa_axum::routes!($($($name)::+),+))
            $(.handle::<$crate::routes!(@path_of [] $($name)::+), _, _>($($name)::+))+
    };
    (@path_of [$($module:ident)*] $handler:ident) => {
        $crate::http::utoipa_axum::paste! { $($module::)* [<__path_ $handler>] }
    };
    (@path_of [$($module:ident)*] $next:ident :: $($rest:ident)::+) => {
        $crate::routes!(@path_of [$($module)* $next] $($rest)::+)
    };
}
