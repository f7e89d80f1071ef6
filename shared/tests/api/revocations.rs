use local_aws::{Fault, When};
use shared::auth::{Reach, Revocation};
use uuid::Uuid;

use crate::callers::Caller;
use crate::support::World;

/// What the service that revokes does: writes it, and knows it at once.
async fn revoke(world: &World, subject: Uuid, reach: Reach) {
    let revocations = world.platform.authenticator().revocations();
    let revocation = Revocation::new(subject, reach, world.clock.now());
    assert!(revocations.revoke(&revocation).run().await.unwrap());
    revocations.note(revocation);
}

async fn status(world: &World, token: &str) -> u16 {
    world.get("/me", token).await.status
}

#[tokio::test]
async fn a_revoked_sessions_tokens_are_refused_and_other_sessions_go_on() {
    let world = World::start().await;
    let caller = Caller::user();
    let other = Caller { session: Uuid::from_u128(9), ..caller.clone() };
    let (token, others) = (caller.token(&world.clock), other.token(&world.clock));
    assert_eq!(status(&world, &token).await, 200);
    revoke(&world, caller.session, Reach::Session).await;
    assert_eq!(world.get("/me", &token).await.refusal(), (401, "UNAUTHORIZED"));
    world.advance(60);
    // Whenever it was issued: the session is over.
    assert_eq!(status(&world, &caller.token(&world.clock)).await, 401);
    assert_eq!(status(&world, &others).await, 200);
}

#[tokio::test]
async fn one_session_may_be_excepted_and_one_tenant_alone_meant() {
    let world = World::start().await;
    let now = world.clock.now();
    let here = Caller { session: shared::ids::at(now), ..Caller::user() };
    let other = Caller { session: shared::ids::at(now), ..here.clone() };
    let elsewhere = Caller { session: shared::ids::at(now), tenant: Uuid::from_u128(77), ..here.clone() };
    let revocations = world.platform.authenticator().revocations();
    let revocation = Revocation::new(here.user, Reach::Sessions, now).except(here.session);
    assert!(revocations.revoke(&revocation).run().await.unwrap());
    // As a process that reads it sees it.
    world.advance(16);
    let kept = here.token(&world.clock);
    assert_eq!((status(&world, &kept).await, status(&world, &other.token(&world.clock)).await), (200, 401));
    assert_eq!(status(&world, &elsewhere.token(&world.clock)).await, 401);

    let (user, session) = (Uuid::from_u128(5), || shared::ids::at(world.clock.now()));
    let here = Caller { user, session: session(), ..here };
    let elsewhere = Caller { user, session: session(), ..elsewhere };
    revoke(&world, user, Reach::SessionsIn(shared::auth::TenantId(here.tenant))).await;
    let tokens = (here.token(&world.clock), elsewhere.token(&world.clock));
    assert_eq!((status(&world, &tokens.0).await, status(&world, &tokens.1).await), (401, 200));
}

#[tokio::test]
async fn a_session_that_was_ended_with_all_gets_no_good_token_afterwards() {
    let world = World::start().await;
    let began = |second| shared::ids::at(world.clock.now() + jiff::SignedDuration::from_secs(second));
    let ended = Caller { session: began(0), ..Caller::user() };
    revoke(&world, ended.user, Reach::Sessions).await;
    world.advance(2);
    // A refresh that read the account before the end may sign after it, and a sign-in may commit.
    assert_eq!(status(&world, &ended.token(&world.clock)).await, 401);
    let meanwhile = Caller { session: began(0), ..ended.clone() };
    assert_eq!(status(&world, &meanwhile.token(&world.clock)).await, 401);
    // Whoever knows of it begins his session later.
    let later = Caller { session: began(28), ..ended };
    assert_eq!(status(&world, &later.token(&world.clock)).await, 200);
}

#[tokio::test]
async fn an_earlier_revocation_does_not_replace_a_later_one() {
    let world = World::start().await;
    let earlier = Revocation::new(Caller::user().user, Reach::Sessions, world.clock.now());
    world.advance(2);
    let caller = Caller { session: shared::ids::at(world.clock.now()), ..Caller::user() };
    let token = caller.token(&world.clock);
    revoke(&world, caller.user, Reach::Sessions).await;
    world.platform.authenticator().revocations().note(earlier);
    assert_eq!(status(&world, &token).await, 401);
}

#[tokio::test]
async fn a_revocation_reaches_every_process_within_30_s() {
    let (world, caller) = (World::start().await, Caller::user());
    let second = world.second().await;
    let token = caller.token(&world.clock);
    assert_eq!((status(&world, &token).await, status(&second, &token).await), (200, 200));
    world.advance(5);
    revoke(&world, caller.session, Reach::Session).await;
    assert_eq!(status(&world, &token).await, 401);
    world.advance(10);
    assert_eq!(status(&second, &token).await, 401);
    // A process that starts now has to know the earlier ones.
    assert_eq!(status(&world.second().await, &token).await, 401);
}

#[tokio::test]
async fn requests_within_15_s_share_one_read() {
    let (world, caller) = (World::start().await, Caller::user());
    let token = caller.token(&world.clock);
    assert_eq!(status(&world, &token).await, 200);
    let before = world.calls("Query");
    for _ in 0..20 {
        world.clock.advance(jiff::SignedDuration::from_millis(700));
        assert_eq!(status(&world, &token).await, 200);
    }
    assert_eq!(world.calls("Query"), before);
    world.advance(1);
    let twenty = (0..20).map(|_| status(&world, &token));
    assert!(futures_util::future::join_all(twenty).await.into_iter().all(|status| status == 200));
    // Its four shards, once.
    assert_eq!(world.calls("Query") - before, 4);
}

#[tokio::test]
async fn unreadable_revocations_let_nobody_in() {
    let (world, caller) = (World::start().await, Caller::user());
    let token = caller.token(&world.clock);
    assert_eq!(status(&world, &token).await, 200);
    world.aws.faults().inject("Query", Fault::InternalError, When::Probability(1.0));
    world.advance(20);
    assert_eq!(status(&world, &token).await, 200);
    world.advance(10);
    let answer = world.get("/me", &token).await;
    assert_eq!(answer.refusal(), (503, "UNAVAILABLE"));
    assert!(answer.header("retry-after").is_some());
    // Nor does a process that never read any.
    assert_eq!(status(&world.second().await, &token).await, 503);
    world.aws.faults().clear();
    assert_eq!(status(&world, &token).await, 200);
}
