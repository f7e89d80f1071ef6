//! Backup codes, for when the authenticator is lost: ten, each once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use shared::auth::UserId;
use shared::seal::{Purpose, Sealer};
use shared::{Error, ids};
use utoipa::ToSchema;

const PURPOSE: Purpose = "backup code";
const COUNT: usize = 10;
/// Five bits a character: none of them is taken for another one (Crockford's alphabet).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 60 bits.
const LENGTH: usize = 12;

/// For when the authenticator is lost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupCodes {
    /// Ten codes, each good once in the place of an authenticator's. Shown this once.
    #[schema(min_items = 10, max_items = 10, example = json!(["7k2m-9xqa-4tbz"]))]
    pub(super) backup_codes: Vec<String>,
}

/// New codes as their owner sees them, and what is stored of them.
pub(super) fn generate(sealer: &Sealer, user: UserId) -> Result<(Vec<String>, Vec<String>), Error> {
    let (mut shown, mut stored) = (Vec::with_capacity(COUNT), Vec::with_capacity(COUNT));
    for _ in 0..COUNT {
        let random = ids::random::<LENGTH>()?;
        let code: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        stored.push(URL_SAFE_NO_PAD.encode(sealer.mac(PURPOSE, name(user, &code).as_bytes())?));
        shown.push(format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]));
    }
    Ok((shown, stored))
}

/// The codes that are left after `typed`; `None` if it is none of them.
pub(super) fn without(sealer: &Sealer, user: UserId, codes: &[String], typed: &str) -> Option<Vec<String>> {
    let plain: String = typed.chars().filter(|c| !matches!(c, '-' | ' ')).flat_map(char::to_lowercase).collect();
    if plain.len() != LENGTH {
        return None;
    }
    let name = name(user, &plain);
    let is_it = |stored: &String| {
        URL_SAFE_NO_PAD.decode(stored).is_ok_and(|tag| sealer.verify_mac(PURPOSE, name.as_bytes(), &tag))
    };
    let left: Vec<String> = codes.iter().filter(|stored| !is_it(stored)).cloned().collect();
    (left.len() < codes.len()).then_some(left)
}

fn name(user: UserId, code: &str) -> String {
    format!("{user}|{code}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use uuid::Uuid;

    #[test]
    fn a_code_is_good_once_however_it_is_typed() {
        let keys = r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#;
        let sealer = Sealer::from_env(&[("DATA_KEYS".to_owned(), keys.to_owned())].into_iter().collect()).unwrap();
        let user = UserId(Uuid::from_u128(1));
        let (shown, stored) = generate(&sealer, user).unwrap();
        assert_eq!((shown.iter().collect::<HashSet<_>>().len(), stored.len()), (COUNT, COUNT));
        let left = without(&sealer, user, &stored, &shown[3].to_uppercase().replace('-', " ")).unwrap();
        assert_eq!(left.len(), COUNT - 1);
        assert_eq!(without(&sealer, user, &left, &shown[3]), None);
        assert!(without(&sealer, user, &left, &shown[4]).is_some());
        // Somebody else's, and what is none.
        assert_eq!(without(&sealer, UserId(Uuid::from_u128(2)), &stored, &shown[4]), None);
        assert_eq!(without(&sealer, user, &stored, "123456"), None);
        assert!(stored.iter().all(|stored| !shown.contains(stored)));
    }
}
