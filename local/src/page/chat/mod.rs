//! The page at `/chat`: two accounts side by side, by chat's API and the official Socket.IO client.

use super::site::Site;

/// Only this process's own scripts run, and they speak with it alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) static CHAT: Site = Site {
    name: "chat",
    paths: &["/chat"],
    html: include_str!("chat.html"),
    style: include_str!("chat.css"),
    scripts: &[
        ("chat.js", include_str!("chat.js")),
        ("client.js", include_str!("client.js")),
        ("panel.js", include_str!("panel.js")),
        // From npm's `socket.io-client` (MIT) as it is; a test of the page compares it.
        ("socket.io.esm.min.js", include_str!("socket.io.esm.min.js")),
        ("view.js", include_str!("view.js")),
    ],
    policy: POLICY,
};
