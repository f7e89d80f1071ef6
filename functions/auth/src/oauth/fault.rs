//! Why a provider is not believed.

/// What a provider did wrong, for the log: never a code, a token, or a text of the provider's.
#[derive(Debug, thiserror::Error)]
pub enum ProviderFault {
    /// Not reached, or it broke off.
    #[error("no answer")]
    NoAnswer(#[source] reqwest::Error),
    /// It took too long in all.
    #[error("no answer in time")]
    TooSlow,
    /// It said no.
    #[error("an answer with status {status} and error `{error}`")]
    Refused {
        /// Of HTTP.
        status: u16,
        /// Of OAuth, like `invalid_client`; empty if there is none.
        error: String,
    },
    /// Nothing that can be read.
    #[error("an answer that is no {0}")]
    Unreadable(&'static str),
    /// It would have us call an address that is not safe.
    #[error("an endpoint that is not https")]
    UnsafeEndpoint,
    /// Its word is not proven.
    #[error("an ID token that is refused: {0}")]
    IdToken(&'static str),
    /// We cannot call it.
    #[error("no request could be made: {0}")]
    NoRequest(&'static str),
}
