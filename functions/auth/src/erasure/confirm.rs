//! A service has erased everything; the last one makes the receipt.

use shared::jobs::About;
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{Contact, Erasure, ReceiptClaims};
use super::request::PURPOSE;
use crate::audit::{Act, Event};
use crate::{State, mail};

/// The `typ` header of receipts.
const RECEIPT_TYPE: &str = "erasure-receipt+jwt";

/// Notes that `service` knows nothing of the account any more. A second time changes nothing.
pub(crate) async fn confirm(state: &State, erasure: Uuid, service: &str) -> Result<(), Error> {
    let Some(erasure) = state.erasures.confirm(erasure, service).await? else {
        return Err(Error::internal("a receipt for an erasure that nobody asked for"));
    };
    if !erasure.services.iter().any(|told| told == service) {
        return Err(Error::internal("a receipt of a service that was not told"));
    }
    if erasure.awaited.0.is_empty() && erasure.receipt.is_none() { complete(state, &erasure).await } else { Ok(()) }
}

async fn complete(state: &State, erasure: &Erasure) -> Result<(), Error> {
    // What a service has stored of an export before it knew.
    state.export_files.delete_all(erasure.user_id).await?;
    let now = state.platform.clock().now();
    let claims = ReceiptClaims {
        iss: &state.platform.tokens().issuer,
        jti: erasure.id,
        sub: erasure.user_id,
        iat: now.as_second(),
        services: &erasure.services,
    };
    let receipt = state.keys.sign_statement(RECEIPT_TYPE, &claims).await?;
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.erasures.complete(erasure.id, &receipt, now));
    transaction.add(state.audit.record(&Event::new(erasure.home, Act::ErasureCompleted, now)));
    let mut entries = Vec::new();
    if let Some(contact) = contact(state, erasure)? {
        let link = format!("{}/erasures/{}", state.platform.tokens().issuer, erasure.id);
        let to = (contact.email.as_str(), contact.locale.as_deref());
        let about = About::AccountErased { link };
        entries = mail::tell(state, &mut transaction, (ids::at(now), erasure.home), to, about)?;
    }
    // Refused: another delivery of the last receipt was faster.
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}

fn contact(state: &State, erasure: &Erasure) -> Result<Option<Contact>, Error> {
    let Some(sealed) = &erasure.sealed_contact else { return Ok(None) };
    let opened = state.platform.sealer().open(PURPOSE, erasure.id.as_bytes(), sealed);
    let opened = opened.ok_or_else(|| Error::internal("a sealed contact does not open under DATA_KEYS"))?;
    serde_json::from_slice(&opened).map(Some).map_err(Error::internal)
}
