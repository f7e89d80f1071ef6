use axum::body::Body;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use shared::auth::{Plan, Role};
use shared::service::TenantHeader;
use uuid::Uuid;

use crate::callers::Caller;
use crate::sample::STRICT;
use crate::support::{Answer, Parts, World, call};

async fn with_tenant(world: &World, caller: &Caller, tenants: &[String]) -> Answer {
    let mut request = call("GET", "/me").bearer(&caller.token(&world.clock));
    for tenant in tenants {
        request = request.header("x-tenant-id", tenant);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_foreign_tenant_header_is_forbidden_for_every_role() {
    let world = World::start().await;
    for role in [Role::User, Role::Partner, Role::Developer, Role::Organizer, Role::Admin, Role::System] {
        let caller = Caller::new(role);
        let (own, foreign) = (caller.tenant.to_string(), Uuid::from_u128(3).to_string());
        assert_eq!(with_tenant(&world, &caller, std::slice::from_ref(&own)).await.status, 200);
        assert_eq!(with_tenant(&world, &caller, &[]).await.status, 200);
        for tenants in [vec![foreign.clone()], vec![own, foreign], vec!["nobody".to_owned()], vec![String::new()]] {
            assert_eq!(with_tenant(&world, &caller, &tenants).await.refusal(), (403, "FORBIDDEN"), "{tenants:?}");
        }
    }
}

#[tokio::test]
async fn where_the_header_is_required_its_absence_is_forbidden() {
    let world = World::start().await.service(&STRICT).await;
    let caller = Caller::user();
    assert_eq!(with_tenant(&world, &caller, &[]).await.refusal(), (403, "FORBIDDEN"));
    assert_eq!(with_tenant(&world, &caller, &[caller.tenant.to_string()]).await.status, 200);
}

#[tokio::test]
async fn the_tenant_header_never_widens_a_token() {
    let world = World::start().await;
    let caller = Caller::user();
    let token = caller.token(&world.clock);
    let principal = world.platform.authenticator().authenticate_token(&token).await.unwrap();
    let (own, foreign) = (caller.tenant.to_string(), Uuid::from_u128(3).to_string());
    let value = prop_oneof![Just(own.clone()), Just(own.to_uppercase()), Just(foreign), "[ -~]{0,40}"];
    let values = (proptest::collection::vec(value, 0..4), any::<bool>());
    let checked = TestRunner::default().run(&values, |(values, required)| {
        let mut headers = HeaderMap::new();
        for value in &values {
            headers.append("x-tenant-id", HeaderValue::from_str(value).unwrap());
        }
        let mode = if required { TenantHeader::Required } else { TenantHeader::Optional };
        let all_own = values.iter().all(|value| value.trim().eq_ignore_ascii_case(&own));
        let expected = all_own && !(required && values.is_empty());
        prop_assert_eq!(principal.check_tenant_header(&headers, mode).is_ok(), expected);
        Ok(())
    });
    checked.unwrap();
}

#[tokio::test]
async fn roles_and_plans_guard_their_routes() {
    let world = World::start().await;
    let forbidden = Err((403, "FORBIDDEN"));
    let unpaid = Err((403, "SUBSCRIPTION_REQUIRED"));
    for (role, plan, path, expected) in [
        (Role::User, Plan::Enterprise, "/organized", forbidden),
        (Role::Partner, Plan::Base, "/organized", forbidden),
        (Role::Developer, Plan::Base, "/organized", forbidden),
        (Role::System, Plan::Base, "/organized", forbidden),
        (Role::Organizer, Plan::Base, "/organized", Ok(())),
        (Role::Admin, Plan::Base, "/organized", Ok(())),
        (Role::User, Plan::Base, "/scheduled", forbidden),
        (Role::Organizer, Plan::Base, "/scheduled", unpaid),
        (Role::Admin, Plan::Base, "/scheduled", unpaid),
        (Role::Organizer, Plan::Professional, "/scheduled", Ok(())),
        (Role::Admin, Plan::Enterprise, "/scheduled", Ok(())),
    ] {
        let token = Caller::new(role).with_plan(plan).token(&world.clock);
        let answer = world.get(path, &token).await;
        match expected {
            Ok(()) => assert_eq!(answer.status, 200, "{role:?} {plan:?} {path}"),
            Err(refusal) => assert_eq!(answer.refusal(), refusal, "{role:?} {plan:?} {path}"),
        }
    }
}
