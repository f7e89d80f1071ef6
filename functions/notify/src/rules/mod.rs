//! Whether, and when, a message is sent: the contract's rules in their order.

mod caps;
mod quiet_hours;

use jiff::Timestamp;

use crate::contacts::Contact;
use crate::deliveries::{Delivery, Recipient, State, What};
use crate::devices::Device;
use crate::kinds::{Channel, Priority};
use crate::preferences::Preferences;
use crate::suppressions::SuppressionReason;

pub(crate) use caps::Caps;

/// What is known of the recipient when a message's turn has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// `None` for an address, and for whoever is not of the tenant.
    pub(crate) contact: Option<Contact>,
    /// Whether he was erased: nothing may stay of him.
    pub(crate) erased: bool,
    pub(crate) preferences: Preferences,
    /// Where push messages go.
    pub(crate) devices: Vec<Device>,
    /// Why its address must not be written to with messages of this category.
    pub(crate) suppression: Option<SuppressionReason>,
}

/// What is to be done with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// To this address, on channels that have addresses.
    Send(Option<String>),
    /// It waits.
    Later(Timestamp, What),
    /// It is not sent, ever.
    Never(State, What),
}

impl Facts {
    /// Where `delivery` would go, if its recipient can be reached.
    pub(crate) fn address(&self, delivery: &Delivery) -> Option<String> {
        match &delivery.recipient {
            Recipient::To(address) => Some(address.clone()),
            Recipient::UserId(_) => self.contact.as_ref()?.address(delivery.channel).map(str::to_owned),
        }
    }

    /// Validity of the contact, suppression, preference, quiet hours. The frequency cap comes after this, since it
    /// is taken, not looked at.
    pub(crate) fn judge(&self, delivery: &Delivery, now: Timestamp) -> Verdict {
        let address = self.address(delivery);
        if delivery.recipient.user().is_some() && self.contact.is_none() {
            return Verdict::Never(State::Failed, What::NotMember);
        }
        let missing = match delivery.channel {
            Channel::Email if address.is_none() => "verified e-mail address",
            Channel::Sms | Channel::Whatsapp if address.is_none() => "phone number",
            Channel::Push if self.devices.is_empty() && delivery.reached.is_empty() => "device",
            _ => "",
        };
        if !missing.is_empty() {
            return Verdict::Never(State::Failed, What::NoContact { missing: missing.to_owned() });
        }
        if let Some(reason) = self.suppression {
            return Verdict::Never(State::Suppressed, What::Suppressed { reason });
        }
        if !self.preferences.want(delivery.channel, delivery.category) {
            return Verdict::Never(State::Suppressed, What::PreferenceOff);
        }
        match self.quiet_until(now) {
            Some(until) if delivery.priority != Priority::Critical => Verdict::Later(until, What::QuietHours { until }),
            _ => Verdict::Send(address),
        }
    }

    /// IANA; the recipient's.
    pub(crate) fn time_zone(&self) -> &str {
        self.contact.as_ref().map_or("UTC", Contact::time_zone)
    }

    fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let (start, end, zone) = self.preferences.quiet_hours()?.hours(self.time_zone())?;
        quiet_hours::end_of(start, end, &zone, now)
    }
}
