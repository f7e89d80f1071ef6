//! The connection to Valkey, and who this node is.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ConnectionAddr, IntoConnectionInfo, TlsCertificates};
use shared::config::{ConfigError, Env};
use shared::ids;
use shared::store::AMAZON_ROOTS;
use tokio::net::UdpSocket;
use uuid::Uuid;

use super::sessions::Sessions;
use crate::config::ServerConfig;

const URL: &str = "REDIS_URL";
/// Until a connection stands, or a command is answered. Valkey is on the same network, and what depends on it can do
/// without.
const PATIENCE: Duration = Duration::from_secs(2);

/// Each node says every 5 s that it is there. One that has not for so long is not, and a connection on which this node does
/// not hear itself is dead, whatever it seems.
pub(super) const LONGEST_SILENCE: Duration = Duration::from_secs(15);

/// What connects this node with the others.
pub(crate) struct Link {
    /// Who this node is, new with each start.
    pub(super) node: Uuid,
    /// Where other nodes reach it: `10.0.0.7:8080`.
    pub(super) address: String,
    pub(super) client: Client,
    connection: ConnectionManager,
    pub(super) sessions: Sessions,
    /// When other nodes were heard last.
    heard: Mutex<HashMap<Uuid, Instant>>,
}

impl Link {
    /// Reads `REDIS_URL` (`rediss://` trusts Amazon's roots alone), `REDIS_PASSWORD` if it is not a part of it, and
    /// `NODE_ADDRESS` if others do not reach this node by the address from which it reaches Valkey. `None` without the first.
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
        } else {
            Client::open(info)
        };
        let client = client.map_err(wrong)?;
        let patience = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), patience).map_err(wrong)?;
        let node = Uuid::from_bytes(ids::random().map_err(|error| ConfigError::new(URL, error.to_string()))?);
        let (sessions, heard) = (Sessions::default(), Mutex::default());
        Ok(Some(Self { node, address, client, connection, sessions, heard }))
    }

    /// The one connection for commands; clones share it.
    pub(crate) fn connection(&self) -> ConnectionManager {
        self.connection.clone()
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
        let env: Env = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
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
}
