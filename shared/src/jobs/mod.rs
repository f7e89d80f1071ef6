//! Everything that happens later or elsewhere: the outbox, its queues, and the workers.

mod messages;
mod outbox;
mod poller;
mod queue;
mod send_message;
mod sweep;
mod worker;

pub use messages::{
    ErasureReceipt, ExportUser, ExportedFile, Fact, Facts, Job, SecondFactor, SignInMethod, SignInOutcome, UserChanged,
    UserErased, UserExported, What,
};
pub use outbox::{Entry, Outbox};
pub use poller::Poller;
pub use queue::{QueueName, Queues};
pub use send_message::{About, Addressee, ReportFile, SendMessage};
pub use worker::{Event, Message, Worker, handle};
