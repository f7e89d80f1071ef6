//! What the handlers of requests and of socket events work with.

use std::ops::Deref;
use std::sync::Arc;

use shared::Platform;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::exports::ExportFiles;

use crate::attachments::Attachments;
use crate::blocks::Blocks;
use crate::directory::MemberDirectory;
use crate::hubs::Hubs;
use crate::leaving::Leaving;
use crate::messages::{Lines, MessageStore};
use crate::moderation::audit::Audit;
use crate::moderation::bans::Bans;
use crate::moderation::reports::Reports;
use crate::moderation::rules::Rules;
use crate::nodes::{Link, Outgoing};
use crate::notices::Schedule;
use crate::presence::{Elsewhere, Presences};
use crate::sockets::{SocketSlots, Sockets};
use crate::threads::{Receipts, ThreadStore};

/// One of each for the whole process; clones share it.
#[derive(Clone)]
pub(crate) struct State(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) platform: Platform,
    pub(crate) directory: MemberDirectory,
    pub(crate) threads: ThreadStore,
    pub(crate) blocks: Blocks,
    pub(crate) bans: Bans,
    pub(crate) reports: Reports,
    pub(crate) rules: Rules,
    pub(crate) audit: Audit,
    pub(crate) attachments: Attachments,
    pub(crate) messages: MessageStore,
    pub(crate) lines: Lines,
    pub(crate) receipts: Receipts,
    pub(crate) notices: Schedule,
    pub(crate) presence: Presences,
    pub(crate) hubs: Hubs,
    pub(crate) sockets: Sockets,
    pub(crate) leaving: Leaving,
    /// `None` without other nodes.
    pub(crate) link: Option<Arc<Link>>,
    pub(crate) slots: SocketSlots,
    pub(crate) export_files: ExportFiles,
}

impl State {
    /// Reads chat's own configuration. What is told to other nodes comes out of `elsewhere`.
    pub(crate) fn new(
        platform: Platform,
        env: &Env,
        link: Option<Arc<Link>>,
        elsewhere: &Outgoing,
    ) -> Result<Self, ConfigError> {
        let table = platform.table().clone();
        Ok(Self(Arc::new(Parts {
            directory: MemberDirectory::from_env(env)?,
            threads: ThreadStore::new(table.clone(), platform.clock().clone()),
            blocks: Blocks::new(table.clone()),
            bans: Bans::new(table.clone(), platform.clock().clone()),
            reports: Reports::new(table.clone()),
            rules: Rules::new(table.clone(), platform.clock().clone()),
            audit: Audit::new(table.clone()),
            attachments: Attachments::from_env(table.clone(), env, platform.sdk())?,
            notices: Schedule::default(),
            presence: Presences::new(table.clone(), Elsewhere::new(link.clone(), platform.clock().clone())),
            messages: MessageStore::new(table),
            lines: Lines::default(),
            receipts: Receipts::default(),
            hubs: Hubs::new(elsewhere.clone()),
            sockets: Sockets::new(elsewhere.clone()),
            leaving: Leaving::from_env(env)?,
            link,
            slots: SocketSlots::default(),
            export_files: ExportFiles::from_env(env, platform.sdk())?,
            platform,
        })))
    }

    /// The service's time.
    pub(crate) fn clock(&self) -> &Clock {
        self.platform.clock()
    }
}

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
