//! What each channel's message says: the template's variant for it, or the request's content.

use std::collections::BTreeSet;

use shared::Error;
use shared::auth::TenantId;
use uuid::Uuid;

use super::model::{Message, Source};
use crate::deliveries::TemplateVersion;
use crate::kinds::Channel;
use crate::rendering::{Compiled, Content, Variables};
use crate::templates::{choose, fill};
use crate::{NotifyError, State};

/// What one channel's message is made of.
pub(super) struct Words {
    pub(super) channel: Channel,
    /// `None` where the request has the content.
    pub(super) template: Option<TemplateVersion>,
    pub(super) variables: Variables,
}

/// The words of each channel. Refuses what cannot be rendered, as far as that shows without rendering it.
pub(super) async fn words(
    state: &State,
    tenant: TenantId,
    message: &Message,
    variables: &Variables,
    locale: Option<&str>,
) -> Result<Vec<Words>, NotifyError> {
    match &message.source {
        Source::Content(content) => of_content(content, &message.channels, variables),
        Source::Template(id) => of_template(state, tenant, *id, &message.channels, variables, locale).await,
    }
}

fn of_content(content: &Content, channels: &[Channel], variables: &Variables) -> Result<Vec<Words>, NotifyError> {
    for channel in channels {
        if let Some(part) = content.lacks(*channel) {
            let problem = format!("is needed for {}", channel.name());
            return Err(Error::field(format!("content.{part}"), problem).into());
        }
    }
    let compiled = Compiled::new(content, &BTreeSet::new())?;
    let missing: Vec<String> =
        compiled.variables.iter().filter(|name| !variables.contains_key(*name)).cloned().collect();
    if !missing.is_empty() {
        return Err(NotifyError::MissingTemplateVariables(missing));
    }
    let words = |channel: &Channel| Words { channel: *channel, template: None, variables: variables.clone() };
    Ok(channels.iter().map(words).collect())
}

async fn of_template(
    state: &State,
    tenant: TenantId,
    id: Uuid,
    channels: &[Channel],
    variables: &Variables,
    locale: Option<&str>,
) -> Result<Vec<Words>, NotifyError> {
    let unknown = || NotifyError::InvalidTemplate("there is no template with this id".to_owned());
    let named = state.templates.head(tenant, id).await?.ok_or_else(unknown)?;
    let variants = state.templates.variants(tenant, &named.name).await?;
    let words = |channel: &Channel| {
        let lacking =
            || NotifyError::InvalidTemplate(format!("`{}` has no variant for {}", named.name, channel.name()));
        let head = choose(&variants, *channel, locale, &named.locale).ok_or_else(lacking)?;
        let template = TemplateVersion { id: head.id, version: head.version };
        Ok(Words { channel: *channel, template: Some(template), variables: fill(&head.variables, variables)? })
    };
    channels.iter().map(words).collect()
}
