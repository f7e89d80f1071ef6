//! Pages of a small web application: `/account`, and those that auth's mails lead to. They show how a browser signs up,
//! signs in and manages an account by auth's API, and know nothing that another web application would not.

use super::site::Site;

/// Only this process's own scripts run. The picture of a TOTP secret is a `data:` address. Forms are sent by script
/// alone: without it a browser would put a password into an address.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) static ACCOUNT: Site = Site {
    name: "account",
    // The same document for all, whatever token stands in the query: it is redeemed by a button, since scanners of mail open
    // links. `account.js` shows the part that belongs to the path.
    paths: &[
        "/account",
        "/sign-in",
        "/verify-address",
        "/change-address",
        "/reset-password",
        "/magic-link",
        "/accept-invitation",
        "/profile-export",
        "/erasures/{id}",
    ],
    html: include_str!("account.html"),
    style: include_str!("account.css"),
    scripts: &[
        ("account.js", include_str!("account.js")),
        ("api.js", include_str!("api.js")),
        ("erasure.js", include_str!("erasure.js")),
        ("export.js", include_str!("export.js")),
        ("forms.js", include_str!("forms.js")),
        ("mailed.js", include_str!("mailed.js")),
        ("passkeys.js", include_str!("passkeys.js")),
        ("profile.js", include_str!("profile.js")),
        ("reauthenticate.js", include_str!("reauthenticate.js")),
        ("sessions.js", include_str!("sessions.js")),
        ("sign-in.js", include_str!("sign-in.js")),
        ("totp.js", include_str!("totp.js")),
    ],
    policy: POLICY,
};
