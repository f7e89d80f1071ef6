//! What messages of topics are signed with: a key of RSA, its certificate for `sns.amazonaws.com`,
//! and the local authority that issued it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_RSA_SHA256, RsaKeySize, SigningKey, date_time_ymd,
};
use sha2::{Digest, Sha256};

use crate::files::{read_if_there, write_whole};
use crate::sqs::hex;
use crate::{Error, ambient};

/// What the certificate is for; receivers check it.
const NAME: &str = "sns.amazonaws.com";
const VALID_YEARS: i32 = 10;

/// The authority's certificate, for `AWS_CA_BUNDLE`.
pub(crate) const CA_FILE: &str = "ca.pem";
/// How the address of the signing certificates starts; their hash follows.
pub(crate) const CERTIFICATE_PATH: &str = "/SimpleNotificationService-";
const CA_KEY_FILE: &str = "ca.key";
const LEAF_FILE: &str = "sns.pem";

/// Of the processes without a data directory: one for all that they start.
static OF_THIS_PROCESS: Mutex<Option<Arc<Signer>>> = Mutex::new(None);

/// An authority, and what it issues at the first need: the key of RSA takes a while to make.
pub(crate) struct Signer {
    authority: Issuer<'static, KeyPair>,
    /// The certificate of the authority.
    ca: String,
    directory: Option<PathBuf>,
    leaf: Mutex<Option<Arc<Leaf>>>,
}

struct Leaf {
    key: KeyPair,
    /// Its certificate, then the authority's.
    chain: String,
    path: String,
}

impl Signer {
    /// The one of a data directory, made if there is none yet.
    pub(crate) fn in_directory(directory: &Path) -> Result<Arc<Self>, Error> {
        let key = read_or_make(&directory.join(CA_KEY_FILE), || Ok(KeyPair::generate()?.serialize_pem()))?;
        let key = KeyPair::from_pem(&key)?;
        let ca = read_or_make(&directory.join(CA_FILE), || Ok(authority_params().self_signed(&key)?.pem()))?;
        Ok(Arc::new(Self::new(key, ca, Some(directory.to_owned()))))
    }

    /// The one of this process; the file of its authority goes into a directory that does not stay.
    pub(crate) fn of_this_process(directory: &Path) -> Result<Arc<Self>, Error> {
        let signer = Self::shared()?;
        let file = directory.join(CA_FILE);
        std::fs::write(&file, &signer.ca).map_err(Error::io(format!("writing {}", file.display())))?;
        Ok(signer)
    }

    fn shared() -> Result<Arc<Self>, Error> {
        let mut shared = OF_THIS_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signer) = &*shared {
            return Ok(Arc::clone(signer));
        }
        let key = KeyPair::generate()?;
        let ca = authority_params().self_signed(&key)?.pem();
        Ok(Arc::clone(shared.insert(Arc::new(Self::new(key, ca, None)))))
    }

    fn new(key: KeyPair, ca: String, directory: Option<PathBuf>) -> Self {
        Self { authority: Issuer::new(authority_params(), key), ca, directory, leaf: Mutex::new(None) }
    }

    /// The signature of SNS's version 2: RSA PKCS#1 v1.5 with SHA-256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.leaf()?.key.sign(message)?)
    }

    /// Where on the port the certificates are.
    pub(super) fn certificate_path(&self) -> Result<String, Error> {
        Ok(self.leaf()?.path.clone())
    }

    /// The certificates of that path, if they are these.
    pub(super) fn certificates(&self, path: &str) -> Result<Option<String>, Error> {
        let leaf = self.leaf()?;
        Ok((leaf.path == path).then(|| leaf.chain.clone()))
    }

    fn leaf(&self) -> Result<Arc<Leaf>, Error> {
        let mut held = self.leaf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = &*held {
            return Ok(Arc::clone(leaf));
        }
        let text = match &self.directory {
            Some(directory) => read_or_make(&directory.join(LEAF_FILE), || self.issue())?,
            None => self.issue()?,
        };
        Ok(Arc::clone(held.insert(Arc::new(Leaf::read(&text)?))))
    }

    /// A new key and its certificates, in one text: they are kept in one file, so that they always
    /// belong together.
    fn issue(&self) -> Result<String, Error> {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let mut params = params(NAME);
        params.subject_alt_names = CertificateParams::new([NAME.to_owned()])?.subject_alt_names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.authority)?;
        Ok(format!("{}{}{}", key.serialize_pem(), certificate.pem(), self.ca))
    }
}

impl Leaf {
    fn read(text: &str) -> Result<Self, Error> {
        let start = text.find("-----BEGIN CERTIFICATE").ok_or(rcgen::Error::CouldNotParseCertificate)?;
        let (key, chain) = text.split_at(start);
        let hash = hex(&Sha256::digest(chain.as_bytes())[..8]);
        let path = format!("{CERTIFICATE_PATH}{hash}.pem");
        Ok(Self { key: KeyPair::from_pem(key)?, chain: chain.to_owned(), path })
    }
}

fn authority_params() -> CertificateParams {
    let mut params = params("Embedded AWS");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Valid from yesterday on.
fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, name);
    let today = Timestamp::try_from(ambient::now()).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    let from = today.yesterday().unwrap_or(today);
    // No 29th: ten years later there is none.
    let (year, month, day) = (i32::from(from.year()), from.month().unsigned_abs(), from.day().unsigned_abs().min(28));
    params.not_before = date_time_ymd(year, month, day);
    params.not_after = date_time_ymd(year + VALID_YEARS, month, day);
    params
}

/// The text of a file, which is written first if it is not there.
fn read_or_make(file: &Path, make: impl FnOnce() -> Result<String, Error>) -> Result<String, Error> {
    let kept = read_if_there(file).map_err(Error::io(format!("reading {}", file.display())))?;
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let text = make()?;
    write_whole(file, text.as_bytes()).map_err(Error::io(format!("writing {}", file.display())))?;
    Ok(text)
}
