//! Everything that chat knows of a user, for himself: the threads that he takes part in, and what he wrote.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::auth::{SYSTEM_TENANT, TenantId, UserId};
use shared::exports::{Exporting, Known, List, Page};
use shared::jobs::{self, ExportUser, QueueName, UserExported};
use shared::store::{Position, Transaction};

use crate::jobs::Job;
use crate::messages::Message;
use crate::moderation::reports::{self, Report};
use crate::state::State;
use crate::threads::ThreadId;

/// Messages of a thread that are looked at in one step.
const PAGE: u32 = 100;
/// What each tenant has.
const LISTS: [&str; 4] = ["threads", "blocks", "reports", "messages"];

/// Stores everything that is known of the user, and tells auth where it is. Twice is once.
pub(crate) async fn export(state: &State, mut exporting: Exporting) -> Result<(), Error> {
    let (platform, user_id) = (&state.platform, exporting.wanted.user_id);
    if exporting.is_over(platform.clock().now()) {
        return Ok(());
    }
    let (service, outbox) = (platform.service(), platform.outbox());
    let tenant = exporting.wanted.tenants.first().copied().unwrap_or(SYSTEM_TENANT);
    let stored = exporting.go_on(&state.export_files, service, platform.clock(), &Lists(state)).await?;
    let transaction = Transaction::new(platform.store());
    let Some(files) = stored else {
        let next = Job::GoOnExporting(exporting);
        return outbox.commit_with(transaction, (QueueName::Chat, tenant, None), &next).await;
    };
    let (export_id, service) = (exporting.wanted.export_id, service.name.to_owned());
    let exported = jobs::Job::UserExported(UserExported { export_id, user_id, service, files });
    outbox.commit_with(transaction, (QueueName::Auth, tenant, None), &exported).await
}

/// What chat knows of users.
struct Lists<'a>(&'a State);

impl Known for Lists<'_> {
    fn lists(&self, wanted: &ExportUser) -> Vec<List> {
        let in_tenant = |tenant: &TenantId| {
            let tenant = Some(*tenant);
            LISTS.map(|name| List { name, tenant })
        };
        wanted.tenants.iter().flat_map(in_tenant).collect()
    }

    fn page<'a>(
        &'a self,
        wanted: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            let tenant = list.tenant.ok_or_else(|| Error::internal("a list of no tenant"))?;
            match list.name {
                "threads" => Page::whole(self.0.threads.known_of(tenant, wanted.user_id).await?),
                "blocks" => {
                    let rows = self.0.blocks.page(tenant, wanted.user_id, PAGE, after).await?;
                    Page::new(rows.items, rows.next)
                }
                "reports" => reported(self.0, tenant, wanted.user_id, after).await,
                _ => written(self.0, tenant, wanted.user_id, after).await,
            }
        }
        .boxed()
    }
}

/// What the user wrote, thread by thread.
async fn written(state: &State, tenant: TenantId, user: UserId, after: Option<Position>) -> Result<Page, Error> {
    let mut threads = state.threads.ever_of(tenant, user).await?;
    threads.sort_unstable();
    let (thread, seq) = match after {
        None => (threads.first().copied(), 0),
        Some(position) => place(&position)?,
    };
    let Some(thread) = thread else { return Page::whole(Vec::<Message>::new()) };
    let page = state.messages.page(tenant, thread, (seq + 1, u64::MAX), false, PAGE).await?;
    let next = match page.last() {
        Some(last) => Some((thread, last.seq)),
        None => threads.into_iter().find(|other| *other > thread).map(|next| (next, 0)),
    };
    let own = page.into_iter().filter(|message| message.sender_id == user).map(Message::from);
    Page::new(own, next.map(position))
}

/// What the user has reported, thread by thread.
async fn reported(state: &State, tenant: TenantId, user: UserId, after: Option<Position>) -> Result<Page, Error> {
    let threads = state.threads.ever_of(tenant, user).await?;
    let begun = after.map(|position| place(&position)).transpose()?.and_then(|(thread, _)| thread);
    let mut rest = threads.into_iter().filter(|thread| begun.is_none_or(|begun| *thread >= begun));
    let Some(thread) = rest.next() else { return Page::whole(Vec::<Report>::new()) };
    let own = reports::filed_by(state, tenant, thread, user).await?;
    Page::new(own, rest.next().map(|next| position((next, 0))))
}

fn position((thread, seq): (ThreadId, u64)) -> Position {
    BTreeMap::from([("thread".to_owned(), thread.to_string()), ("seq".to_owned(), seq.to_string())])
}

fn place(position: &Position) -> Result<(Option<ThreadId>, u64), Error> {
    let part = |name: &str| position.get(name).ok_or_else(|| Error::internal("a position without its parts"));
    let thread = part("thread")?.parse().map_err(Error::internal)?;
    Ok((Some(ThreadId(thread)), part("seq")?.parse().map_err(Error::internal)?))
}
