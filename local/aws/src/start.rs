//! From a template and a directory to something that answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::calls::Calls;
use crate::clock::Clock;
use crate::dynamodb::{self, DynamoDb, loopback_listener};
use crate::edge::{self, Edge};
use crate::faults::Faults;
use crate::provision::provision;
use crate::s3::S3;
use crate::ses::{ConfigurationSets, Ses};
use crate::sns::{CA_FILE, Signer, Sns};
use crate::sqlite::Sqlite;
use crate::sqs::Sqs;
use crate::template::{Deployment, PLATFORM, Secrets, Template};
use crate::{Error, LocalAws, Options};

impl LocalAws {
    /// Starts, and makes whatever the template declares and the data directory lacks.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let listener = loopback_listener(options.port).map_err(Error::io(format!("binding port {}", options.port)))?;
        let address = listener.local_addr().map_err(Error::io("reading the port"))?;
        let endpoint = format!("http://{address}");

        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let clock = Arc::new(Clock::default());
        let surroundings = Surroundings { endpoint: endpoint.clone(), clock: Arc::clone(&clock), stop: stop.clone() };
        // Opening databases and making tables blocks; a test's only thread may be this one.
        let opened = tokio::task::spawn_blocking(move || open(&options, surroundings));
        let Opened { template, edge, dynamodb, ca_file, temporary } = opened.await??;

        let edge = Arc::new(edge);
        let (served, delivering) = (Arc::clone(&edge), Arc::clone(&edge));
        let stopped = stop.clone();
        let deliveries = tokio::spawn(async move { delivering.sns.deliver(stopped).await });
        let serving = tokio::spawn(async move {
            edge::serve(listener, served, stop).await;
            deliveries.await?;
            // Only now: the last requests of the edge still need it.
            dynamodb.stop().await
        });
        Ok(Self { endpoint, template, edge, clock, stop: guard, serving, ca_file, _temporary: temporary })
    }
}

/// What the services are told of the whole they are part of.
struct Surroundings {
    endpoint: String,
    clock: Arc<Clock>,
    stop: CancellationToken,
}

struct Opened {
    template: Template,
    edge: Edge,
    dynamodb: dynamodb::Server,
    ca_file: PathBuf,
    temporary: Option<TempDir>,
}

fn open(options: &Options, surroundings: Surroundings) -> Result<Opened, Error> {
    let data = options.data.as_deref();
    let Directory { path, temporary } = Directory::open(data)?;
    let secrets = match data {
        Some(data) => Secrets::in_file(data.join("secrets.json"))?,
        None => Secrets::in_memory(),
    };
    let deployment =
        Deployment { parameters: &options.parameters, endpoint: &surroundings.endpoint, secrets: &secrets };
    let text = options.template.as_deref().unwrap_or(PLATFORM);
    let template = Template::parse(text, &deployment)?;

    let sqlite = Sqlite::open(data)?;
    let signer = match data {
        Some(_) => Signer::in_directory(&path)?,
        None => Signer::of_this_process(&path)?,
    };
    let buckets = path.join("s3");
    std::fs::create_dir_all(&buckets).map_err(Error::io(format!("making {}", buckets.display())))?;
    let Surroundings { endpoint, clock, stop } = surroundings;
    let (dynamodb, server) = DynamoDb::start(data)?;
    let sns = Sns::new(sqlite.clone(), Arc::clone(&clock), endpoint.clone(), signer, &template);
    let edge = Edge {
        dynamodb,
        sqs: Sqs::new(sqlite.clone(), Arc::clone(&clock), endpoint, stop),
        ses: Ses::new(sqlite, clock, ConfigurationSets::new(&template), sns.arrival()),
        sns,
        s3: S3::open(&buckets)?,
        faults: Faults::default(),
        calls: Calls::default(),
    };
    provision(&template, &edge, &buckets)?;
    Ok(Opened { template, edge, dynamodb: server, ca_file: path.join(CA_FILE), temporary })
}

/// Where files are: S3 and certificates are on files even when nothing is to be kept.
struct Directory {
    /// Absolute, since services may run elsewhere.
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Directory {
    /// The given one, made if it is not there, or else one that goes with the returned value.
    fn open(data: Option<&Path>) -> Result<Self, Error> {
        let Some(data) = data else {
            let temporary = TempDir::new().map_err(Error::io("making a directory for buckets"))?;
            return Ok(Self { path: temporary.path().to_owned(), temporary: Some(temporary) });
        };
        std::fs::create_dir_all(data).map_err(Error::io(format!("making {}", data.display())))?;
        let path = std::path::absolute(data).map_err(Error::io(format!("finding {}", data.display())))?;
        Ok(Self { path, temporary: None })
    }
}
