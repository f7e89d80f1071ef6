//! The connection to Valkey, and who this node is.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ConnectionAddr, FromRedisValue, IntoConnectionInfo, Pipeline, RedisError, TlsCertificates};
use shared::config::{ConfigError, Env, Stage};
use shared::ids;
use shared::store::AMAZON_ROOTS;
use tokio::net::UdpSocket;
use tokio::sync::Notify;
use uuid::Uuid;

use super::sessions::Sessions;
use crate::config::ServerConfig;

const URL: &str = "REDIS_URL";
/// Until a connection stands, or a command is answered. Valkey is on the same network, and what depends on it can do
/// without.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long nothing is asked of a Valkey that did not answer, so that nobody waits for it again and again.
const REST: Duration = Duration::from_secs(3);
/// How often a node says that it is there. One that has not for so long is not, and a subscription by which a node does not
/// hear itself is dead, whatever it seems.
pub(super) const BEAT: Duration = Duration::from_secs(2);
pub(super) const LONGEST_SILENCE: Duration = Duration::from_secs(7);

/// What connects this node with the others.
pub(crate) struct Link {
    /// Who this node is, new with each start.
    pub(super) node: Uuid,
    /// Where other nodes reach it: `10.0.0.7:8080`.
    pub(super) address: String,
    pub(super) client: Client,
    commands: Mutex<Commands>,
    pub(super) sessions: Sessions,
    /// When other nodes were heard last.
    heard: Mutex<HashMap<Uuid, Instant>>,
    /// Something may have been missed: it is to be looked for in the store.
    pub(super) missed: Notify,
}

/// The one connection for commands.
struct Commands {
    connection: ConnectionManager,
    /// When Valkey is asked again; `None` while it answers.
    resting_until: Option<Instant>,
}

/// Valkey does not answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unreachable;

impl Link {
    /// Reads `REDIS_URL` (`rediss://`, which trusts Amazon's roots alone; locally `redis://`, too), `REDIS_PASSWORD` if it is
    /// not a part of it, and `NODE_ADDRESS` if others do not reach this node by the address from which it reaches Valkey.
    /// `None` without the first.
    pub(crate) async fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        let Some(url) = env.get(URL).filter(|url| !url.is_empty()) else { return Ok(None) };
        let wrong = |_| ConfigError::new(URL, "must be an address like rediss://user@host:6379");
        let mut info = url.into_connection_info().map_err(wrong)?;
        if let Some(password) = env.get("REDIS_PASSWORD") {
            let settings = info.redis_settings().clone().set_password(password);
            info = info.set_redis_settings(settings);
        }
        let address = match env.get("NODE_ADDRESS") {
            Some(address) => address.to_owned(),
            None => own_address(info.addr(), ServerConfig::from_env(env)?.port).await?,
        };
        let client = if matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            // Other crates bring a second one, so nobody can guess. It may be installed already.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
            Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: Some(AMAZON_ROOTS.to_vec()) })
        } else if Stage::from_env(env)? == Stage::Local {
            Client::open(info)
        } else {
            return Err(ConfigError::new(URL, "must be rediss:// on a deployed stage"));
        };
        let client = client.map_err(wrong)?;
        let commands = Commands { connection: connection(&client).map_err(wrong)?, resting_until: None };
        let node = Uuid::from_bytes(ids::random().map_err(|error| ConfigError::new(URL, error.to_string()))?);
        Ok(Some(Self {
            node,
            address,
            client,
            commands: Mutex::new(commands),
            sessions: Sessions::default(),
            heard: Mutex::default(),
            missed: Notify::new(),
        }))
    }

    /// Asks Valkey, unless it has just not answered.
    pub(crate) async fn ask<T: FromRedisValue>(&self, pipe: &Pipeline) -> Result<T, Unreachable> {
        let mut connection = {
            let commands = self.commands();
            if commands.resting_until.is_some_and(|until| Instant::now() < until) {
                return Err(Unreachable);
            }
            commands.connection.clone()
        };
        match pipe.query_async(&mut connection).await {
            Ok(answer) => {
                if self.commands().resting_until.take().is_some() {
                    tracing::info!("Valkey answers again");
                }
                Ok(answer)
            }
            Err(error) => {
                self.rest(&error);
                Err(Unreachable)
            }
        }
    }

    /// Valkey has not answered: the connection may be dead without a sign, so there is another one next.
    fn rest(&self, error: &RedisError) {
        let mut commands = self.commands();
        if commands.resting_until.replace(Instant::now() + REST).is_none() {
            tracing::warn!(%error, "Valkey does not answer");
        }
        if let Ok(new) = connection(&self.client) {
            commands.connection = new;
        }
    }

    /// How this node is called in hashes.
    pub(crate) fn node(&self) -> Uuid {
        self.node
    }

    /// Another node was heard.
    pub(super) fn note(&self, node: Uuid) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.retain(|_, at| at.elapsed() < LONGEST_SILENCE);
        heard.insert(node, Instant::now());
    }

    /// Whether another node is there: what one says that has died is not so any more.
    pub(crate) fn is_there(&self, node: Uuid) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&node).is_some_and(|at| at.elapsed() < LONGEST_SILENCE)
    }

    fn commands(&self) -> MutexGuard<'_, Commands> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is made when it is first used.
fn connection(client: &Client) -> Result<ConnectionManager, RedisError> {
    let patience = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_number_of_retries(0);
    ConnectionManager::new_lazy_with_config(client.clone(), patience)
}

/// The address of the interface that leads to Valkey. Nothing is sent.
async fn own_address(valkey: &ConnectionAddr, port: u16) -> Result<String, ConfigError> {
    let (ConnectionAddr::Tcp(host, valkey_port) | ConnectionAddr::TcpTls { host, port: valkey_port, .. }) = valkey
    else {
        return Err(ConfigError::new(URL, "must be on the network"));
    };
    let found = async {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        socket.connect((host.as_str(), *valkey_port)).await?;
        socket.local_addr()
    };
    let found =
        found.await.map_err(|error: std::io::Error| ConfigError::new(URL, format!("leads nowhere: {error}")))?;
    Ok(format!("{}:{port}", found.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn link(pairs: &[(&str, &str)]) -> Result<Option<Link>, ConfigError> {
        let stage = [("STAGE", "local")];
        let pairs = stage.iter().chain(pairs);
        let env: Env = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Link::from_env(&env).await
    }

    #[tokio::test]
    async fn a_node_knows_where_others_reach_it() {
        assert!(link(&[]).await.unwrap().is_none());
        assert!(link(&[("REDIS_URL", "")]).await.unwrap().is_none());
        let found = link(&[("REDIS_URL", "redis://127.0.0.1:6379"), ("PORT", "9000")]).await.unwrap().unwrap();
        assert_eq!(found.address, "127.0.0.1:9000");
        let tls =
            [("REDIS_URL", "rediss://chat@127.0.0.1:6379"), ("REDIS_PASSWORD", "x"), ("NODE_ADDRESS", "10.0.0.7:80")];
        let found = link(&tls).await.unwrap().unwrap();
        assert_eq!(found.address, "10.0.0.7:80");
        assert_eq!(found.client.get_connection_info().redis_settings().password(), Some("x"));
        for wrong in ["valkey", "http://a.example", "unix:///tmp/redis.sock"] {
            let refused = link(&[("REDIS_URL", wrong)]).await;
            assert_eq!(refused.err().map(|error| error.variable), Some(URL.to_owned()), "{wrong}");
        }
    }

    #[tokio::test]
    async fn deployed_it_goes_by_tls_alone() {
        let deployed = [("STAGE", "prod"), ("REDIS_URL", "redis://127.0.0.1:6379")];
        assert_eq!(link(&deployed).await.err().map(|error| error.variable), Some(URL.to_owned()));
        let deployed = [("STAGE", "prod"), ("REDIS_URL", "rediss://127.0.0.1:6379")];
        assert!(link(&deployed).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn nobody_waits_twice_for_a_valkey_that_does_not_answer() {
        let deaf = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("redis://{}", deaf.local_addr().unwrap());
        let link = link(&[("REDIS_URL", &url)]).await.unwrap().unwrap();
        let mut pipe = redis::pipe();
        pipe.get("x");
        assert!(link.ask::<(Option<String>,)>(&pipe).await.is_err());
        for _ in 0..1000 {
            assert!(link.ask::<(Option<String>,)>(&pipe).await.is_err());
        }
        assert!(link.commands().resting_until.is_some_and(|until| Instant::now() < until), "a thousand took no time");
    }
}
