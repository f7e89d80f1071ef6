//! The page at `/reports`: templates with a form of their parameters, a preview with its chart, exports with how far they
//! are, and PDFs, by reports' API alone.

mod file;

use super::site::Site;

pub(super) use file::file;

/// Only this process's own scripts run, and they speak with it alone. A PDF is shown from an address that the page makes of
/// its bytes.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) static REPORTS: Site = Site {
    name: "reports",
    paths: &["/reports"],
    html: include_str!("reports.html"),
    style: include_str!("reports.css"),
    scripts: &[
        ("axes.js", include_str!("axes.js")),
        ("chart.js", include_str!("chart.js")),
        ("client.js", include_str!("client.js")),
        ("export.js", include_str!("export.js")),
        ("exports.js", include_str!("exports.js")),
        ("parameters.js", include_str!("parameters.js")),
        ("pie.js", include_str!("pie.js")),
        ("poll.js", include_str!("poll.js")),
        ("preview.js", include_str!("preview.js")),
        ("report.js", include_str!("report.js")),
        ("reports.js", include_str!("reports.js")),
        ("samples.js", include_str!("samples.js")),
        ("svg.js", include_str!("svg.js")),
        ("templates.js", include_str!("templates.js")),
        ("texts.js", include_str!("texts.js")),
        ("viewer.js", include_str!("viewer.js")),
    ],
    policy: POLICY,
};
