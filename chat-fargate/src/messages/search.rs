//! Searching what was said in one thread.

use axum::extract::State as Shared;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, TenantId};
use shared::http::{Envelope, ErrorEnvelope, Paging, Query, Reply};
use utoipa::IntoParams;

use super::model::{Message, StoredMessage};
use crate::error::ChatError;
use crate::folding::folded;
use crate::state::State;
use crate::threads::ThreadId;

/// Messages that one call reads back at most; the next one goes on.
const MOST_READ: usize = 5000;
/// Messages that are read at once.
const PAGE: u32 = 500;

/// What to look for, and where.
#[derive(Debug, Serialize, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchMessages {
    /// The thread; the caller takes part in it.
    #[garde(skip)]
    #[param(value_type = Uuid)]
    thread_id: ThreadId,
    /// Words of which each is in the message, as a part of a word, too; case and accents do not matter.
    #[garde(length(chars, min = 2, max = 200))]
    #[param(min_length = 2, max_length = 200)]
    q: String,
}

/// Messages of one thread that hold all words, newest first. A call reads back 5000 messages at most, so a page may have
/// fewer than `limit`, or none, and still go on.
#[utoipa::path(get, path = "/messages/search", operation_id = "searchMessages", tag = "messages", params(SearchMessages, Paging), responses(
    (status = 200, body = Envelope<Vec<Message>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn search(
    Shared(state): Shared<State>,
    principal: Principal,
    Query(wanted): Query<SearchMessages>,
    paging: Paging,
) -> Result<Reply<Vec<Message>>, ChatError> {
    let (tenant, thread) = (principal.tenant(), wanted.thread_id);
    let words = Words::of(&wanted.q);
    if words.0.is_empty() {
        return Err(Error::field("q", "must hold a word").into());
    }
    // Goes on before this number.
    let pager = paging.open::<u64>(state.platform.sealer(), &principal, "message-search", &wanted)?;
    let head = state.threads.head_for(tenant, principal.user(), thread).await?;
    let before = pager.start().copied().unwrap_or(head.last_seq + 1);
    let limit = usize::try_from(pager.limit()).unwrap_or(usize::MAX);
    let (found, rest) = look(&state, (tenant, thread), before, &words, limit).await?;
    let page = pager.page(rest.as_ref())?;
    Ok(Reply::page(found.into_iter().map(Message::from).collect(), page))
}

/// Those before a number, and the number before which the next call goes on.
async fn look(
    state: &State,
    (tenant, thread): (TenantId, ThreadId),
    mut before: u64,
    words: &Words,
    limit: usize,
) -> Result<(Vec<StoredMessage>, Option<u64>), ChatError> {
    let (mut found, mut read) = (Vec::new(), 0);
    while before > 1 {
        if read >= MOST_READ {
            return Ok((found, Some(before)));
        }
        let messages = state.messages.page(tenant, thread, (1, before - 1), true, PAGE).await?;
        let Some(oldest) = messages.last().map(|message| message.seq) else { break };
        read += messages.len();
        for message in messages {
            before = message.seq;
            if words.are_in(&message.content) {
                found.push(message);
                if found.len() == limit {
                    return Ok((found, (before > 1).then_some(before)));
                }
            }
        }
        before = oldest;
    }
    Ok((found, None))
}

/// Words in the form in which they are compared.
struct Words(Vec<String>);

impl Words {
    fn of(text: &str) -> Self {
        Self(folded(text).split_whitespace().map(str::to_owned).collect())
    }

    fn are_in(&self, content: &str) -> bool {
        let content = folded(content);
        self.0.iter().all(|word| content.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_accents_and_order_do_not_matter() {
        for wanted in ["zoe", "ZOË soundcheck", "check zo", "ﬁve"] {
            assert!(Words::of(wanted).are_in("Soundcheck at five, says Zoë"), "{wanted}");
        }
        assert!(Words::of(" \u{301} ").0.is_empty());
        for wanted in ["zoey", "sound check zoe six"] {
            assert!(!Words::of(wanted).are_in("Soundcheck at five, says Zoë"), "{wanted}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_finds_itself(text in "\\PC{2,40}") {
            prop_assert!(text.trim().is_empty() || folded(&text).trim().is_empty() || Words::of(&text).are_in(&text));
        }
    }
}
