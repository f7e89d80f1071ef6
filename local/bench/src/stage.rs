//! auth and chat on the embedded AWS, each on a loopback port, with one tenant and its members.

use std::net::SocketAddr;

use auth::Auth;
use auth::accounts::{Account, Created, NewAccount, Profile};
use auth::tenants::Tenant;
use axum::Router;
use chat_fargate::Chat;
use local_aws::LocalAws;
use serde_json::{Value, json};
use shared::auth::{Plan, Role, Roles, TenantId, UserId};
use shared::clock::Clock;
use shared::config::Env;
use shared::ids;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What went wrong with a measurement.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

const PASSWORD: &str = "correct horse battery staple";
/// The one tenant.
pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(1));

/// The running services.
pub(crate) struct Stage {
    pub(crate) aws: LocalAws,
    pub(crate) auth: Auth,
    pub(crate) chat: SocketAddr,
    pub(crate) auth_address: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    _chat: Chat,
}

/// Somebody who is signed in.
pub(crate) struct Member {
    pub(crate) account: Account,
    pub(crate) name: String,
    pub(crate) token: String,
}

impl Stage {
    pub(crate) async fn start() -> Result<Self, BoxError> {
        let aws = LocalAws::ephemeral().await?;
        let clock = Clock::system();
        let env: Env = aws.function_env("AuthFunction")?.into_iter().collect();
        let auth = Auth::build(&env, clock.clone()).await?;
        let auth_address = serve(auth.router()).await?;
        let own = [("AUTH_BASE_URL".to_owned(), format!("http://{auth_address}/auth/v1"))];
        let env: Env = aws.container_env("ChatTaskDefinition")?.into_iter().chain(own).collect();
        let chat = Chat::build(&env, clock.clone()).await?;
        let tenant = Tenant {
            id: TENANT,
            name: "Bench".to_owned(),
            plan: Plan::Base,
            open_signup: false,
            created_at: clock.now(),
        };
        auth.state().tenants.create(&tenant).await?;
        let address = serve(chat.router()).await?;
        #[expect(clippy::disallowed_methods, reason = "a client for loopback only")]
        let http = reqwest::Client::new();
        Ok(Self { aws, auth, chat: address, auth_address, clock, http, _chat: chat })
    }

    /// A member of the tenant, signed in.
    pub(crate) async fn member(&self, name: &str) -> Result<Member, BoxError> {
        self.member_as(name, Role::User).await
    }

    /// The same with another role.
    pub(crate) async fn member_as(&self, name: &str, role: Role) -> Result<Member, BoxError> {
        let state = self.auth.state();
        let new = NewAccount {
            id: UserId(ids::new(&self.clock)),
            email: format!("{name}@example.com"),
            username: Some(name.to_owned()),
            password_hash: Some(state.passwords.hash(PASSWORD).await?),
            verified: true,
            profile: Profile::default(),
            memberships: vec![(TENANT, Roles(vec![role]))],
            totp_secret: None,
        };
        let Created::Done(account) = state.accounts.create(new).await? else {
            return Err(format!("{name} is taken").into());
        };
        let url = format!("http://{}/auth/v1/login", self.auth_address);
        let answer: Value = self
            .http
            .post(url)
            .body(Self::credentials(name))
            .header("content-type", "application/json")
            .send()
            .await?
            .json()
            .await?;
        let token = answer["data"]["accessToken"].as_str().ok_or("no token")?.to_owned();
        Ok(Member { account: *account, name: name.to_owned(), token })
    }

    /// The body of a sign-in.
    pub(crate) fn credentials(name: &str) -> String {
        json!({"username": name, "password": PASSWORD}).to_string()
    }

    /// Makes a group of `members` and gives its id.
    pub(crate) async fn thread(&self, owner: &Member, members: &[Uuid]) -> Result<String, BoxError> {
        let url = format!("http://{}/chat/v1/threads", self.chat);
        let body = json!({"type": "group", "name": "Bench", "memberIds": members});
        let answer: Value = self.http.post(url).bearer_auth(&owner.token).json(&body).send().await?.json().await?;
        Ok(answer["data"]["id"].as_str().ok_or_else(|| format!("no thread: {answer}"))?.to_owned())
    }
}

/// Serves on a free loopback port until the process ends.
pub(crate) async fn serve(router: Router) -> Result<SocketAddr, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let never = CancellationToken::new();
    tokio::spawn(async move { shared::server::serve(listener, router, false, never).await });
    Ok(address)
}
