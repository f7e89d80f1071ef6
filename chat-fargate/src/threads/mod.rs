//! Threads and who takes part in them.

mod change;
mod members;
mod membership;
mod model;
mod own;
mod receipts;
mod routes;
mod silence;
mod standing;
mod store;

pub(crate) use change::{__path_archive, __path_update, archive, update};
pub(crate) use members::{__path_add, __path_remove, __path_update_member, add, remove, update_member};
pub(crate) use members::{change_members, take_out, tell_removed};
pub(crate) use membership::{Membership, ToldUpTo};
pub(crate) use model::{MemberRole, Meta, Rows, Thread, ThreadId};
pub(crate) use own::{__path_mute, __path_read_up_to, Receipt, mute, read_up_to, tell as tell_receipt};
pub(crate) use receipts::{Receipts, within, write_receipts_for_ever};
pub(crate) use routes::{__path_create, __path_list, __path_read};
pub(crate) use routes::{create, list, read};
pub(crate) use silence::{__path_silence, silence};
pub(crate) use standing::Standing;
pub(crate) use store::{ThreadStore, thread_partition, user_partition};
