//! German.

use shared::jobs::About;

use super::words::Words;

pub(super) fn words(about: &About) -> Words {
    let (subject, text, button) = match about {
        About::VerifyAddress { .. } => (
            "E-Mail-Adresse bestätigen",
            "Jemand, vermutlich du, hat sich mit dieser Adresse registriert. Hier wird sie bestätigt:\n\n{{link}}\n\n\
             Der Link gilt {{validHours}} Stunden. Falls du es nicht warst, ist nichts zu tun.",
            "Adresse bestätigen",
        ),
        About::ResetPassword { .. } => (
            "Neues Passwort setzen",
            "Jemand, vermutlich du, möchte ein neues Passwort für dein Konto setzen. Das geht hier:\n\n{{link}}\n\n\
             Der Link gilt einmal und {{validMinutes}} Minuten lang. Falls du es nicht warst, hat sich nichts \
             geändert.",
            "Passwort setzen",
        ),
        About::MagicLink { .. } => (
            "Dein Link zum Anmelden",
            "Hier meldest du dich an:\n\n{{link}}\n\nDer Link gilt einmal und {{validMinutes}} Minuten lang. Falls \
             du ihn nicht angefordert hast, hat sich niemand angemeldet.",
            "Anmelden",
        ),
        About::Invitation { .. } => (
            "Einladung zu {{tenant}}",
            "{{invitedBy}} lädt dich zu {{tenant}} ein. Hier nimmst du an:\n\n{{link}}\n\nDer Link gilt \
             {{validDays}} Tage.",
            "Einladung annehmen",
        ),
        About::NewDevice { .. } => (
            "Anmeldung mit einem neuen Gerät",
            "Jemand hat sich mit einem Gerät angemeldet, das wir noch nicht kennen: {{device}}, {{at}}.\n\nFalls du \
             es nicht warst, ändere dein Passwort und beende alle Sitzungen.",
            "",
        ),
        // The thread's name comes first, so that a list of them can be read.
        About::NewMessages { .. } => ("{{thread}}:", "{{count}} neue Nachrichten", ""),
        About::SearchAlert { .. } => (
            "Neues zu deiner Suche {{search}}",
            "Deine gespeicherte Suche {{search}} hat {{count}} neue Treffer:\n\n{{link}}",
            "Anzeigen",
        ),
        About::ReportReady { .. } => (
            "Dein Bericht {{report}} ist fertig",
            "Dein Bericht {{report}} liegt hier bereit:\n\n{{link}}\n\nDer Link gilt {{validHours}} Stunden.",
            "Bericht abholen",
        ),
        About::ReportFailed { .. } => (
            "Dein Bericht {{report}} konnte nicht erstellt werden",
            "Der Bericht {{report}} konnte nicht erstellt werden: {{problem}}.\n\nDer nächste Lauf ist davon nicht \
             betroffen.",
            "",
        ),
    };
    Words { subject, text, button }
}
