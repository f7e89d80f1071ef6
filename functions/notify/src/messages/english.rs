//! English.

use shared::jobs::About;

use super::words::Words;

#[expect(clippy::too_many_lines, reason = "a list of texts")]
pub(super) fn words(about: &About) -> Words {
    let (subject, text, button) = match about {
        About::VerifyAddress { .. } => (
            "Confirm your e-mail address",
            "Somebody, probably you, has signed up with this address. Confirm it here:\n\n{{link}}\n\n\
             The link works for {{validHours}} hours. If it was not you, there is nothing to do.",
            "Confirm address",
        ),
        About::ResetPassword { .. } => (
            "Set a new password",
            "Somebody, probably you, wants to set a new password for your account. Do it here:\n\n{{link}}\n\n\
             The link works once, for {{validMinutes}} minutes. If it was not you, nothing has changed.",
            "Set password",
        ),
        About::MagicLink { .. } => (
            "Your sign-in link",
            "Sign in here:\n\n{{link}}\n\nThe link works once, for {{validMinutes}} minutes. If you did not ask \
             for it, nobody has signed in.",
            "Sign in",
        ),
        About::Invitation { .. } => (
            "You are invited to {{tenant}}",
            "{{invitedBy}} invites you to {{tenant}}. Accept here:\n\n{{link}}\n\nThe link works for \
             {{validDays}} days.",
            "Accept invitation",
        ),
        About::NewDevice { .. } => (
            "A new device has signed in",
            "Somebody has signed in to your account with a device that we have not seen before: {{device}}, \
             {{at}}.\n\nIf it was not you, change your password and end all sessions.",
            "",
        ),
        About::AlreadyRegistered { .. } => (
            "You have an account already",
            "Somebody, probably you, wants to use this address for an account, and it has one already. Sign in \
             here:\n\n{{link}}\n\nThere you can also set a new password. If it was not you, nothing has changed.",
            "Sign in",
        ),
        About::ChangeAddress { .. } => (
            "Confirm your new e-mail address",
            "The account of {{account}} is to have this address from now on. Confirm it only if you have just asked for \
             this yourself:\n\n{{link}}\n\nThe link works once, for {{validHours}} hours. If it was not you, do not \
             confirm it: the account is somebody else's.",
            "Confirm new address",
        ),
        About::AddressRequested { .. } => (
            "Somebody wants another e-mail address for your account",
            "Somebody, probably you, has asked to use another address for your account, {{at}}. Nothing has changed \
             yet: it has to be confirmed there first.\n\nIf it was not you, set a new password: it ends that request \
             and all sessions.",
            "",
        ),
        About::AddressChanged { .. } => (
            "The e-mail address of your account was changed",
            "Your account has another e-mail address, {{at}}: this one gets no more mails about it, and nobody signs in \
             with it. Other sessions were ended.\n\nIf it was not you, somebody else is in your account. A new password \
             cannot be set from here any more: have those who run your events, or the platform, suspend the account at \
             once.",
            "",
        ),
        About::PasswordChanged { .. } => (
            "Your password was changed",
            "The password of your account was changed, {{at}}.\n\nIf it was not you, set a new one by the link for \
             a forgotten password: it ends all sessions.",
            "",
        ),
        About::FactorAdded { .. } => (
            "A new way to sign in to your account",
            "There is a new way to sign in to your account: {{factor}}, {{at}}.\n\nIf it was not you, set a new \
             password, which ends all sessions, and remove it.",
            "",
        ),
        About::FactorRemoved { .. } => (
            "A way to sign in was removed from your account",
            "A way to sign in was removed from your account: {{factor}}, {{at}}.\n\nIf it was not you, set a new \
             password: it ends all sessions.",
            "",
        ),
        About::ExportReady { .. } => (
            "Your data is ready",
            "All that we know of your account can be fetched now. Sign in here:\n\n{{link}}\n\nThe files are there for \
             {{validDays}} days. If you did not ask for them, end all sessions and change your password.",
            "Fetch them",
        ),
        About::BackupCodesReplaced { .. } => (
            "Your backup codes were replaced",
            "The backup codes of your account were replaced by new ones, {{at}}: the old ones do not work any more.\n\n\
             If it was not you, set a new password, which ends all sessions, and replace them again.",
            "",
        ),
        About::BackupCodeUsed { .. } => (
            "A backup code was used",
            "A backup code of your account was used, {{at}}. Codes that are left: {{left}}.\n\nIf it was not you, set a \
             new password, which ends all sessions, and replace the codes.",
            "",
        ),
        About::AccountErased { .. } => (
            "Your account was erased",
            "Your account was erased, as you have asked, and every service has confirmed it. The signed receipt is \
             here:\n\n{{link}}\n\nThis is the last mail about it.",
            "Show receipt",
        ),
        About::Mentioned { .. } => {
            ("You were mentioned in {{thread}}", "Somebody has mentioned you in {{thread}} while you were away.", "")
        }
        About::NewMessages { .. } => ("{{thread}}", "{{count}} new messages", ""),
        About::SearchAlert { .. } => (
            "New for your search {{search}}",
            "Your saved search {{search}} has {{count}} new results:\n\n{{link}}",
            "Show them",
        ),
        About::ReportReady { file: Some(_), .. } => (
            "Your report {{report}}",
            "Your report {{report}} is attached. It can also be fetched here:\n\n{{link}}\n\nThe link works for \
             {{validHours}} hours.",
            "Fetch report",
        ),
        About::ReportReady { file: None, .. } => (
            "Your report {{report}} is ready",
            "Your report {{report}} can be fetched here:\n\n{{link}}\n\nThe link works for {{validHours}} hours.",
            "Fetch report",
        ),
        About::ReportFailed { .. } => (
            "Your report {{report}} could not be made",
            "The report {{report}} could not be made: {{problem}}.\n\nIts next run is not affected.",
            "",
        ),
    };
    Words { subject, text, button }
}
