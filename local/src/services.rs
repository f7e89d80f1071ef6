//! What runs in this process: every function and container of template.yaml, from its own environment.
//!
//! A new service is one more arm of [`link`].

use std::sync::Arc;

use auth::Auth;
use axum::Router;
use chat_fargate::Chat;
use local_aws::LocalAws;
use local_aws::template::{Function, Route};
use notify::Notify;
use reports::Reports;
use search::Search;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::jobs::{Poller, Worker};
use shared::service::{AUTH, CHAT, NOTIFY, REPORTS, SEARCH, Service};

use crate::environment::Environments;
use crate::error::LocalError;
use crate::gateway::Gateway;
use crate::queues;
use crate::timers::Timer;

/// The task definition of the chat container, and its binary.
const CHAT_TASK: &str = "ChatTaskDefinition";

/// Everything that template.yaml declares to run, not yet running.
pub(crate) struct Services {
    pub(crate) gateway: Gateway,
    pub(crate) readers: Vec<Poller>,
    pub(crate) timers: Vec<Timer>,
    /// Those that answer HTTP, for the page.
    pub(crate) listed: Vec<&'static Service>,
    pub(crate) environments: Environments,
    /// To seed its accounts.
    pub(crate) auth: Option<Auth>,
    /// To seed its documents.
    pub(crate) search: Option<Search>,
    /// To close its sockets at the end.
    pub(crate) chat: Option<Chat>,
}

/// What a binary of template.yaml is, in this process.
enum Linked {
    Http(&'static Service, Router),
    Worker(Arc<dyn Worker>),
}

/// The switches of development that this process was started with; deployed stages refuse them.
fn switches() -> impl Iterator<Item = (String, String)> {
    std::env::vars().filter(|(name, _)| name.starts_with("DANGEROUS_"))
}

impl Services {
    /// Builds all of them. A binary that is not linked into this program is an error.
    pub(crate) async fn build(aws: &LocalAws, clock: &Clock) -> Result<Self, LocalError> {
        let mut services = Self {
            gateway: Gateway::default(),
            readers: Vec::new(),
            timers: Vec::new(),
            listed: Vec::new(),
            environments: Environments::new(),
            auth: None,
            search: None,
            chat: None,
        };
        for function in &aws.template().functions {
            let mut variables = aws.function_env(&function.logical_id)?;
            variables.extend(switches());
            let env: Env = variables.clone().into_iter().collect();
            services.environments.insert(function.logical_id.clone(), variables);
            let linked = services.link(function, &env, clock).await?;
            services.add(function, linked, &env, clock).await?;
        }
        for container in &aws.template().containers {
            if container.task_definition != CHAT_TASK {
                return Err(not_linked(&container.task_definition, &container.name));
            }
            let mut variables = aws.container_env(CHAT_TASK)?;
            variables.extend(switches());
            let env: Env = variables.clone().into_iter().collect();
            services.environments.insert(CHAT_TASK.to_owned(), variables);
            let chat = Chat::build(&env, clock.clone()).await.map_err(config(CHAT_TASK))?;
            let router = chat.router();
            // Deployed, its load balancer stands beside the HTTP API; here it shares the port.
            for path in ["/chat/v1", "/chat/v1/{proxy+}"] {
                services.route(CHAT_TASK, &Route { method: "ANY".to_owned(), path: path.to_owned() }, &router)?;
            }
            services.readers.extend(chat.poller());
            services.listed.push(&CHAT);
            services.chat = Some(chat);
        }
        Ok(services)
    }

    async fn link(&mut self, function: &Function, env: &Env, clock: &Clock) -> Result<Linked, LocalError> {
        let wrong = config(&function.logical_id);
        match function.binary.as_str() {
            "auth" => {
                let auth = Auth::build(env, clock.clone()).await.map_err(wrong)?;
                let router = auth.router();
                self.auth = Some(auth);
                Ok(Linked::Http(&AUTH, router))
            }
            "auth-worker" => Ok(Linked::Worker(Auth::build(env, clock.clone()).await.map_err(wrong)?.worker())),
            "notify" => Ok(Linked::Http(&NOTIFY, Notify::build(env, clock.clone()).await.map_err(wrong)?.router())),
            "notify-worker" => Ok(Linked::Worker(Notify::build(env, clock.clone()).await.map_err(wrong)?.worker())),
            "reports" => Ok(Linked::Http(&REPORTS, Reports::build(env, clock.clone()).await.map_err(wrong)?.router())),
            "reports-worker" => Ok(Linked::Worker(Reports::build(env, clock.clone()).await.map_err(wrong)?.worker())),
            "search" => {
                let search = Search::build(env, clock.clone()).await.map_err(wrong)?;
                let router = search.router();
                self.search = Some(search);
                Ok(Linked::Http(&SEARCH, router))
            }
            "search-worker" => Ok(Linked::Worker(Search::build(env, clock.clone()).await.map_err(wrong)?.worker())),
            binary => Err(not_linked(&function.logical_id, binary)),
        }
    }

    async fn add(&mut self, function: &Function, linked: Linked, env: &Env, clock: &Clock) -> Result<(), LocalError> {
        let owner = &function.logical_id;
        let wrong = |problem: &str| LocalError::Template { owner: owner.clone(), problem: problem.to_owned() };
        match linked {
            Linked::Http(service, router) => {
                if !function.schedules.is_empty() || !function.queue_sources.is_empty() {
                    return Err(wrong("a function that answers HTTP takes neither timers nor queues"));
                }
                for route in &function.routes {
                    self.route(owner, route, &router)?;
                }
                self.listed.push(service);
            }
            Linked::Worker(worker) => {
                if !function.routes.is_empty() {
                    return Err(wrong("a worker answers no HTTP"));
                }
                for schedule in &function.schedules {
                    self.timers.push(Timer::new(owner, schedule, Arc::clone(&worker), clock)?);
                }
                for source in &function.queue_sources {
                    let reader = queues::connect(source, Arc::clone(&worker), env).await;
                    self.readers.push(reader.map_err(|_| wrong(&format!("there is no queue {}", source.queue)))?);
                }
            }
        }
        Ok(())
    }

    fn route(&mut self, owner: &str, route: &Route, router: &Router) -> Result<(), LocalError> {
        let added = self.gateway.add(route, router);
        added.map_err(|_| LocalError::Template {
            owner: owner.to_owned(),
            problem: format!("{} is no HTTP method", route.method),
        })
    }
}

fn not_linked(owner: &str, binary: &str) -> LocalError {
    LocalError::NotLinked { owner: owner.to_owned(), binary: binary.to_owned() }
}

fn config(owner: &str) -> impl Fn(ConfigError) -> LocalError {
    move |source| LocalError::Config { owner: owner.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use local_aws::Options;

    async fn build(properties: &str, binary: &str) -> Result<Services, LocalError> {
        let template = format!(
            "Resources: {{F: {{Type: 'AWS::Serverless::Function', Metadata: {{BuildProperties: {{Binary: {binary}}}}}, \
             Properties: {properties}}}}}"
        );
        let aws = LocalAws::start(Options { template: Some(template), ..Options::default() }).await.unwrap();
        Services::build(&aws, &Clock::system()).await
    }

    #[tokio::test]
    async fn a_binary_that_is_not_linked_stops_the_start() {
        let error = build("{}", "billing").await.err().unwrap().to_string();
        assert!(error.contains("F runs the binary `billing`"), "{error}");
    }

    #[tokio::test]
    async fn a_wrong_environment_names_the_function_and_the_variable() {
        let error = build("{}", "auth").await.err().unwrap().to_string();
        assert!(error.starts_with("F: environment variable STAGE"), "{error}");
    }
}
