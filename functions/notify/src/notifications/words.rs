//! What each channel's message says: the template's variant for it, or the request's content.

use std::collections::BTreeSet;

use shared::Error;
use shared::auth::TenantId;

use super::model::{Message, Source};
use crate::deliveries::TemplateVersion;
use crate::kinds::Channel;
use crate::rendering::{Compiled, Variables};
use crate::templates::{Head, choose, fill};
use crate::{NotifyError, State};

/// Where a request's words come from, read and checked once for all its recipients.
pub(super) enum Wording {
    /// The request has the content, which names these variables.
    Content(BTreeSet<String>),
    /// The template that was named, and all variants of its name.
    Template { named: Head, variants: Vec<Head> },
}

/// What one channel's message is made of.
pub(super) struct Words {
    pub(super) channel: Channel,
    /// `None` where the request has the content.
    pub(super) template: Option<TemplateVersion>,
    pub(super) variables: Variables,
}

impl Wording {
    /// Reads the template that `message` names, or checks the content that it has.
    pub(super) async fn read(state: &State, tenant: TenantId, message: &Message) -> Result<Self, NotifyError> {
        let id = match &message.source {
            Source::Template(id) => *id,
            Source::Content(content) => {
                let lacking = |channel: &Channel| Some((content.lacks(*channel)?, channel.name()));
                if let Some((part, channel)) = message.channels.iter().find_map(lacking) {
                    return Err(Error::field(format!("content.{part}"), format!("is needed for {channel}")).into());
                }
                return Ok(Self::Content(Compiled::new(content, &BTreeSet::new())?.variables));
            }
        };
        let unknown = || NotifyError::InvalidTemplate("there is no template with this id".to_owned());
        let named = state.templates.head(tenant, id).await?.ok_or_else(unknown)?;
        let variants = state.templates.variants(tenant, &named.name).await?;
        let has_none = |channel: &&Channel| choose(&variants, **channel, None, &named.locale).is_none();
        if let Some(channel) = message.channels.iter().find(has_none) {
            let problem = format!("`{}` has no variant for {}", named.name, channel.name());
            return Err(NotifyError::InvalidTemplate(problem));
        }
        Ok(Self::Template { named, variants })
    }

    /// The words for a recipient who reads `locale`. Refuses what cannot be rendered, as far as that shows without
    /// rendering it.
    pub(super) fn words(
        &self,
        channels: &[Channel],
        variables: &Variables,
        locale: Option<&str>,
    ) -> Result<Vec<Words>, NotifyError> {
        match self {
            Self::Content(named) => {
                let missing: Vec<String> =
                    named.iter().filter(|name| !variables.contains_key(*name)).cloned().collect();
                if !missing.is_empty() {
                    return Err(NotifyError::MissingTemplateVariables(missing));
                }
                let used = variables.iter().filter(|(name, _)| named.contains(*name));
                let used: Variables = used.map(|(name, value)| (name.clone(), value.clone())).collect();
                let words = |channel: &Channel| Words { channel: *channel, template: None, variables: used.clone() };
                Ok(channels.iter().map(words).collect())
            }
            Self::Template { named, variants } => {
                let chosen = channels.iter().filter_map(|channel| choose(variants, *channel, locale, &named.locale));
                let words = |head: &Head| {
                    let template = Some(TemplateVersion { id: head.id, version: head.version });
                    Ok(Words { channel: head.channel, template, variables: fill(&head.variables, variables)? })
                };
                chosen.map(words).collect()
            }
        }
    }
}
