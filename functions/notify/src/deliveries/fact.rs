//! What reports are told of a delivery.

use jiff::Timestamp;
use shared::ids;
use shared::jobs::{Fact, What as Told};

use super::history::What;
use super::model::Delivery;

/// That a delivery has come to the state in which it is.
pub(super) fn fact(delivery: &Delivery, now: Timestamp) -> Fact {
    let what = Told::Delivery {
        delivery_id: delivery.id,
        channel: delivery.channel.name().to_owned(),
        category: delivery.category.name().to_owned(),
        priority: delivery.priority.name().to_owned(),
        template_id: delivery.template.map(|template| template.id),
        status: delivery.state.status().name().to_owned(),
        attempts: tries(delivery),
    };
    Fact { id: ids::at(now), user_id: delivery.recipient.user(), at: now, what }
}

/// How often it was tried: the tries that failed, and those by which it went out.
fn tries(delivery: &Delivery) -> u32 {
    let went_out = |what: &What| matches!(what, What::Sent { .. } | What::InInbox);
    let sent = delivery.history.iter().filter(|event| went_out(&event.what)).count();
    delivery.attempts.saturating_add(u32::try_from(sent).unwrap_or(u32::MAX))
}
