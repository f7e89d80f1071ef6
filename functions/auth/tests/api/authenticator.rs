//! A software authenticator with the browser around it: real ES256 signatures over real CBOR (`WebAuthn` Level 3, §6).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// One with a single passkey, which the next [`Authenticator::create`] replaces.
pub struct Authenticator {
    /// The page that asks.
    pub origin: &'static str,
    /// Whether it asks its user for a fingerprint or a PIN.
    pub verifies_user: bool,
    /// What it has signed so far; `None` for a synced passkey, which does not count.
    pub counter: Option<u32>,
    pub credential_id: Vec<u8>,
    /// Whose passkey it is, as the service named him.
    pub user_handle: String,
    pub key: EcdsaKeyPair,
}

impl Authenticator {
    /// One that counts, like a security key.
    pub fn counting() -> Self {
        Self {
            origin: "http://localhost:8080",
            verifies_user: true,
            counter: Some(0),
            credential_id: Vec::new(),
            user_handle: String::new(),
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
        }
    }

    /// One that syncs its passkey to other devices, and so does not count.
    pub fn synced() -> Self {
        Self { counter: None, ..Self::counting() }
    }

    /// What `navigator.credentials.create` gives for `publicKey`, with a new credential.
    pub fn create(&mut self, options: &Value) -> Value {
        self.credential_id = shared::ids::random::<16>().unwrap().to_vec();
        options["user"]["id"].as_str().unwrap().clone_into(&mut self.user_handle);
        self.attest(options)
    }

    /// The same with the credential that it has.
    pub fn attest(&mut self, options: &Value) -> Value {
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), ATTESTED);
        // No AAGUID: of its kind it says nothing.
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.cose_key());
        let object = [
            cbor::map(3),
            cbor::text("fmt"),
            cbor::text("none"),
            cbor::text("attStmt"),
            cbor::map(0),
            cbor::text("authData"),
            cbor::bytes(&data),
        ];
        self.credential(&json!({
            "clientDataJSON": base64(&self.client_data("webauthn.create", options)),
            "attestationObject": base64(&object.concat()),
            "transports": ["internal", "of-the-future"],
        }))
    }

    /// What `navigator.credentials.get` gives for `publicKey`.
    pub fn get(&mut self, options: &Value) -> Value {
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(&json!({
            "clientDataJSON": base64(&client_data),
            "authenticatorData": base64(&data),
            "signature": base64(signature.as_ref()),
            "userHandle": self.user_handle,
        }))
    }

    /// Authenticator data up to the counter (§6.1).
    fn data(&mut self, rp_id: &str, more: u8) -> Vec<u8> {
        let verified = if self.verifies_user { USER_VERIFIED } else { 0 };
        let synced = if self.counter.is_none() { BACKUP_ELIGIBLE | BACKED_UP } else { 0 };
        self.counter = self.counter.map(|counter| counter + 1);
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(USER_PRESENT | verified | synced | more);
        data.extend(self.counter.unwrap_or(0).to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let (challenge, origin) = (&options["challenge"], self.origin);
        json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false}).to_string().into_bytes()
    }

    fn credential(&self, response: &Value) -> Value {
        let id = base64(&self.credential_id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {}, "ofTheFuture": true,
        })
    }

    /// EC2, ES256, P-256 and the point (RFC 9053).
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..]);
        let ints = [cbor::int(1), cbor::int(2), cbor::int(3), cbor::int(-7), cbor::int(-1), cbor::int(1)];
        [cbor::map(5), ints.concat(), cbor::int(-2), cbor::bytes(x), cbor::int(-3), cbor::bytes(y)].concat()
    }
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// As much of CBOR (RFC 8949) as is needed here.
mod cbor {
    pub fn int(value: i32) -> Vec<u8> {
        match usize::try_from(value) {
            Ok(value) => head(0, value),
            Err(_) => head(1, usize::try_from(-1 - value).unwrap()),
        }
    }

    pub fn bytes(value: &[u8]) -> Vec<u8> {
        [head(2, value.len()), value.to_vec()].concat()
    }

    pub fn text(value: &str) -> Vec<u8> {
        [head(3, value.len()), value.as_bytes().to_vec()].concat()
    }

    /// The head of a map of so many pairs, which follow.
    pub fn map(pairs: usize) -> Vec<u8> {
        head(5, pairs)
    }

    fn head(major: u8, value: usize) -> Vec<u8> {
        let major = major << 5;
        match u8::try_from(value) {
            Ok(small @ 0..24) => vec![major + small],
            Ok(byte) => vec![major + 24, byte],
            Err(_) => [vec![major + 25], u16::try_from(value).unwrap().to_be_bytes().to_vec()].concat(),
        }
    }
}
