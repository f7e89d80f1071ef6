//! Certificates that messages are signed with: fetched from SNS alone, and trusted up to one of Amazon's roots.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Url};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use shared::Error;
use shared::client::amazon_roots;
use tokio::sync::{Mutex, RwLock};
use webpki::aws_lc_rs as algorithms;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Bytes of a certificate with those that have signed it.
const LARGEST: usize = 64 * 1024;
/// Certificates that are remembered; SNS has one at a time.
const MOST: usize = 4;
/// How long nothing is fetched after a fetch that brought nothing.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// Where Amazon publishes the certificates of its own authorities, which SNS may leave out.
const AMAZON_AUTHORITIES: &str = ".amazontrust.com";
/// `id-ad-caIssuers`
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";

/// How certificates are signed.
const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 8] = [
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P256_SHA384,
    algorithms::ECDSA_P384_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
];

/// A certificate, and those that lead to a root.
type Chain = Arc<Vec<CertificateDer<'static>>>;

/// Fetches certificates and remembers those that are trusted.
pub(super) struct Certificates {
    client: Client,
    /// The file with the root of the embedded AWS; elsewhere Amazon's count.
    own_root: Option<String>,
    known: RwLock<Vec<(Url, Chain)>>,
    /// Held while one is fetched; until when nothing is.
    fetching: Mutex<Option<Timestamp>>,
}

impl Certificates {
    pub(super) fn new(client: Client, own_root: Option<String>) -> Self {
        Self { client, own_root, known: RwLock::default(), fetching: Mutex::default() }
    }

    /// Whether `signature` over `text` was made with the certificate at `url`, and that is one of `names` today.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when that cannot be known now: the sender comes again.
    pub(super) async fn prove(
        &self,
        url: &Url,
        names: &[String],
        text: &str,
        signature: &[u8],
        now: Timestamp,
    ) -> Result<bool, Error> {
        let roots = self.roots().await.ok_or_else(|| Error::unavailable("the roots cannot be read"))?;
        let known = self.known.read().await.iter().find(|(known, _)| known == url).map(|(_, chain)| Arc::clone(chain));
        let chain = match known {
            Some(chain) => chain,
            None => match self.fetch_chain(url, now).await? {
                Some(chain) => chain,
                None => return Ok(false),
            },
        };
        let Some(leaf) = is_trusted(&chain, &roots, names, now) else {
            return Ok(false);
        };
        let proven = leaf.verify_signature(algorithms::RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), signature).is_ok();
        if proven {
            self.remember(url, &chain).await;
        }
        Ok(proven)
    }

    /// What has proven itself; whoever sends nonsense pushes nothing out.
    async fn remember(&self, url: &Url, chain: &Chain) {
        let mut known = self.known.write().await;
        if !known.iter().any(|(known, _)| known == url) {
            known.truncate(MOST - 1);
            known.insert(0, (url.clone(), Arc::clone(chain)));
        }
    }

    /// One fetch at a time, and a pause after one that brought nothing: whoever sends nonsense makes us do little.
    /// `None` if there is no certificate at this address.
    async fn fetch_chain(&self, url: &Url, now: Timestamp) -> Result<Option<Chain>, Error> {
        let mut pause = self.fetching.lock().await;
        if pause.is_some_and(|until| now < until) {
            return Err(Error::unavailable("a certificate could not be fetched just now"));
        }
        *pause = Some(now + PAUSE);
        let Some(pem) = self.fetch(url).await? else {
            return Ok(None);
        };
        let read: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let mut chain = read.unwrap_or_default();
        // A certificate that comes alone names who has signed it.
        if let [alone] = chain.as_slice()
            && let Some(issuer) = issuer_of(alone)
        {
            let issuer = self.fetch(&issuer).await?;
            let issuer = issuer.ok_or_else(|| Error::unavailable("an issuer's certificate is not there"))?;
            chain.push(CertificateDer::from(issuer));
        }
        if chain.is_empty() {
            return Ok(None);
        }
        *pause = None;
        Ok(Some(Arc::new(chain)))
    }

    /// `None` if there is nothing there.
    async fn fetch(&self, url: &Url) -> Result<Option<Vec<u8>>, Error> {
        let failed = |error: reqwest::Error| Error::unavailable(error.without_url());
        let mut answer = self.client.get(url.clone()).send().await.map_err(failed)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(Error::unavailable(format!("a certificate's address answers {status}"))),
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST {
                return Ok(None);
            }
        }
        Ok(Some(bytes))
    }

    async fn roots(&self) -> Option<Vec<TrustAnchor<'static>>> {
        let pem = match &self.own_root {
            Some(file) => tokio::fs::read(file).await.ok()?,
            None => amazon_roots().to_vec(),
        };
        roots_in(&pem)
    }
}

fn roots_in(pem: &[u8]) -> Option<Vec<TrustAnchor<'static>>> {
    let roots: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    roots.iter().map(|root| anchor_from_trusted_cert(root).ok().map(|anchor| anchor.to_owned())).collect()
}

/// The first certificate of `chain`, if it is one of `names`, valid now, and leads to one of `roots`.
fn is_trusted<'c>(
    chain: &'c [CertificateDer<'static>],
    roots: &[TrustAnchor<'_>],
    names: &[String],
    now: Timestamp,
) -> Option<EndEntityCert<'c>> {
    let (leaf, others) = chain.split_first()?;
    let leaf = EndEntityCert::try_from(leaf).ok()?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now.as_second()).ok()?));
    leaf.verify_for_usage(&ALGORITHMS, roots, others, now, KeyUsage::server_auth(), None, None).ok()?;
    let is_named = |name: &String| {
        let name = ServerName::try_from(name.as_str());
        name.is_ok_and(|name| leaf.verify_is_valid_for_subject_name(&name).is_ok())
    };
    if names.iter().any(is_named) { Some(leaf) } else { None }
}

/// Where the certificate of whoever has signed this one is, if that is Amazon's (RFC 5280, 4.2.2.1).
fn issuer_of(certificate: &CertificateDer<'_>) -> Option<Url> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let addresses = parsed.extensions().iter().filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => Some(access.iter()),
        _ => None,
    });
    let mut addresses = addresses.flatten().filter_map(|description| match &description.access_location {
        GeneralName::URI(address) if description.access_method.to_id_string() == CA_ISSUERS => Url::parse(address).ok(),
        _ => None,
    });
    let is_amazons = |url: &Url| url.domain().is_some_and(|domain| domain.ends_with(AMAZON_AUTHORITIES));
    addresses.find(|url| is_amazons(url) && url.port().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_roots_can_be_read() {
        assert_eq!(roots_in(amazon_roots()).unwrap().len(), 5);
    }
}
