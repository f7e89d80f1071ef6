//! German.

use shared::jobs::About;

use super::words::Words;

#[expect(clippy::too_many_lines, reason = "a list of texts")]
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
        About::AlreadyRegistered { .. } => (
            "Du hast schon ein Konto",
            "Jemand, vermutlich du, möchte diese Adresse für ein Konto verwenden, und es gibt dafür schon eines. \
             Hier meldest du dich an:\n\n{{link}}\n\nDort lässt sich auch ein neues Passwort setzen. Falls du es \
             nicht warst, hat sich nichts geändert.",
            "Anmelden",
        ),
        About::ChangeAddress { .. } => (
            "Neue E-Mail-Adresse bestätigen",
            "Das Konto von {{account}} soll ab jetzt diese Adresse haben. Bestätige sie nur, wenn du das gerade selbst \
             verlangt hast:\n\n{{link}}\n\nDer Link gilt einmal und {{validHours}} Stunden lang. Falls du es nicht \
             warst, bestätige sie nicht: Das Konto gehört jemand anderem.",
            "Neue Adresse bestätigen",
        ),
        About::AddressRequested { .. } => (
            "Für dein Konto ist eine andere E-Mail-Adresse gewünscht",
            "Jemand, vermutlich du, möchte eine andere Adresse für dein Konto verwenden, {{at}}. Noch hat sich nichts \
             geändert: Sie muss erst dort bestätigt werden.\n\nFalls du es nicht warst, setze ein neues Passwort: Das \
             beendet diese Anfrage und alle Sitzungen.",
            "",
        ),
        About::AddressChanged { .. } => (
            "Die E-Mail-Adresse deines Kontos wurde geändert",
            "Dein Konto hat eine andere E-Mail-Adresse, {{at}}: An diese hier gehen keine Mails mehr dazu, und niemand \
             meldet sich mehr mit ihr an. Andere Sitzungen wurden beendet.\n\nFalls du es nicht warst, ist jemand anderes \
             in deinem Konto. Von hier lässt sich kein neues Passwort mehr setzen: Lass das Konto sofort von denen \
             sperren, die deine Veranstaltungen oder die Plattform betreiben.",
            "",
        ),
        About::PasswordChanged { .. } => (
            "Dein Passwort wurde geändert",
            "Das Passwort deines Kontos wurde geändert, {{at}}.\n\nFalls du es nicht warst, setze über den Link für \
             ein vergessenes Passwort ein neues: Das beendet alle Sitzungen.",
            "",
        ),
        About::FactorAdded { .. } => (
            "Ein neuer Weg in dein Konto",
            "Es gibt einen neuen Weg, dich bei deinem Konto anzumelden: {{factor}}, {{at}}.\n\nFalls du es nicht \
             warst, setze ein neues Passwort, das beendet alle Sitzungen, und entferne ihn.",
            "",
        ),
        About::FactorRemoved { .. } => (
            "Ein Weg in dein Konto wurde entfernt",
            "Ein Weg, dich bei deinem Konto anzumelden, wurde entfernt: {{factor}}, {{at}}.\n\nFalls du es nicht \
             warst, setze ein neues Passwort: Das beendet alle Sitzungen.",
            "",
        ),
        About::ExportReady { .. } => (
            "Deine Daten sind bereit",
            "Alles, was wir zu deinem Konto wissen, kann jetzt abgeholt werden. Melde dich hier an:\n\n{{link}}\n\nDie \
             Dateien bleiben {{validDays}} Tage. Wenn du nicht danach gefragt hast, beende alle Sitzungen und ändere dein \
             Passwort.",
            "Abholen",
        ),
        About::BackupCodesReplaced { .. } => (
            "Deine Backup-Codes wurden ersetzt",
            "Die Backup-Codes deines Kontos wurden durch neue ersetzt, {{at}}: Die alten gelten nicht mehr.\n\nFalls du \
             es nicht warst, setze ein neues Passwort, das beendet alle Sitzungen, und ersetze sie noch einmal.",
            "",
        ),
        About::BackupCodeUsed { .. } => (
            "Ein Backup-Code wurde benutzt",
            "Ein Backup-Code deines Kontos wurde benutzt, {{at}}. So viele sind noch übrig: {{left}}.\n\nFalls du es \
             nicht warst, setze ein neues Passwort, das beendet alle Sitzungen, und ersetze die Codes.",
            "",
        ),
        About::AccountErased { .. } => (
            "Dein Konto wurde gelöscht",
            "Dein Konto wurde gelöscht, wie du es wolltest, und jeder Dienst hat es bestätigt. Der signierte Beleg ist \
             hier:\n\n{{link}}\n\nDas ist die letzte Mail dazu.",
            "Beleg zeigen",
        ),
        // The thread's name comes first, so that a list of them can be read.
        About::Mentioned { .. } => (
            "Du wurdest in {{thread}} erwähnt",
            "In {{thread}} hat dich jemand erwähnt, während du nicht da warst.",
            "",
        ),
        About::NewMessages { .. } => ("{{thread}}:", "{{count}} neue Nachrichten", ""),
        About::SearchAlert { .. } => (
            "Neues zu deiner Suche {{search}}",
            "Deine gespeicherte Suche {{search}} hat {{count}} neue Treffer:\n\n{{link}}",
            "Anzeigen",
        ),
        About::ReportReady { file: Some(_), .. } => (
            "Dein Bericht {{report}}",
            "Dein Bericht {{report}} liegt bei. Er liegt auch hier bereit:\n\n{{link}}\n\nDer Link gilt {{validHours}} \
             Stunden.",
            "Bericht abholen",
        ),
        About::ReportReady { file: None, .. } => (
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
