//! Where a request comes from, as far as that can be trusted.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::{Extension, Router};
use http::request::Parts;
use lambda_http::request::RequestContext as LambdaContext;

use super::reply::Refusal;
use crate::error::Error;

/// The client's address; IPv6 by its /64, since a client owns all of that.
///
/// It is API Gateway's `sourceIp`, or the entry that the load balancer appended, or the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

/// Put into requests where a load balancer of ours stands in front.
#[derive(Clone, Copy, Debug)]
struct BehindLoadBalancer;

/// Lets `router` take the client's address from what the load balancer appended.
pub(crate) fn behind_load_balancer(router: Router) -> Router {
    router.layer(Extension(BehindLoadBalancer))
}

impl ClientAddress {
    fn of(parts: &Parts) -> Option<Self> {
        if let Some(LambdaContext::ApiGatewayV2(gateway)) = parts.extensions.get::<LambdaContext>() {
            return gateway.http.source_ip.as_deref()?.parse().ok().map(Self::new);
        }
        if parts.extensions.get::<BehindLoadBalancer>().is_some() {
            let appended = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            return appended.rsplit(',').next()?.trim().parse().ok().map(Self::new);
        }
        parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| Self::new(peer.ip()))
    }

    fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Self::of(parts).ok_or_else(|| Error::internal("the client's address is unknown").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(forwarded: &str, balanced: bool) -> Parts {
        let mut request = http::Request::builder().header("x-forwarded-for", forwarded).body(()).unwrap();
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>("192.0.2.9:1234".parse().unwrap()));
        if balanced {
            request.extensions_mut().insert(BehindLoadBalancer);
        }
        request.into_parts().0
    }

    #[test]
    fn only_what_the_load_balancer_appended_counts() {
        let of = |forwarded, balanced| ClientAddress::of(&parts(forwarded, balanced)).unwrap().to_string();
        assert_eq!(of("1.1.1.1, 198.51.100.7", true), "198.51.100.7");
        assert_eq!(of("1.1.1.1", false), "192.0.2.9");
        assert_eq!(of("2001:db8:1:2:3:4:5:6", true), "2001:db8:1:2::");
        assert_eq!(of("::ffff:198.51.100.7", true), "198.51.100.7");
    }
}
