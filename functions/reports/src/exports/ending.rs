//! What is told when an export is over.

use shared::jobs::{Entry, QueueName};
use shared::store::Transaction;
use shared::{Error, ids};

use super::model::{Export, State as ExportState, Which};
use crate::State;
use crate::jobs::Job;
use crate::schedules::ExportEnded;
use crate::webhooks::{Announce, Data, Event};

impl Export {
    /// Tells webhooks that it is over, and the schedule that it is made for, if it is for one.
    pub(super) fn tell_end(
        &self,
        state: &State,
        transaction: &mut Transaction,
        which: Which,
    ) -> Result<Vec<Entry>, Error> {
        let (outbox, tenant) = (state.platform.outbox(), which.tenant);
        let mut entries = Vec::new();
        if let Some(data) = self.data() {
            let event = Event { id: ids::new(state.platform.clock()), at: self.updated_at, data };
            entries.extend(Announce { tenant, export: Some(which), event }.add_to(outbox, transaction)?);
        }
        if let Some(planned) = self.planned.clone() {
            let job = Job::ExportEnded(ExportEnded { which, planned });
            entries.extend(outbox.add(transaction, QueueName::Reports, tenant, &job, None)?);
        }
        Ok(entries)
    }

    /// What webhooks are told; nothing of one that somebody has cancelled.
    fn data(&self) -> Option<Data> {
        let (export_id, dataset) = (self.id, self.definition.dataset.clone());
        let schedule_id = self.planned.as_ref().map(|planned| planned.schedule);
        match &self.state {
            ExportState::Completed { file, .. } => Some(Data::ExportCompleted {
                export_id,
                dataset,
                schedule_id,
                file_name: file.name.clone(),
                bytes: file.bytes,
                sha256: file.sha256.clone(),
                rows: self.rows,
                as_of: self.as_of,
            }),
            ExportState::Failed { failure, .. } => Some(Data::ExportFailed {
                export_id,
                dataset,
                schedule_id,
                code: failure.code.clone(),
                message: failure.message.clone(),
            }),
            _ => None,
        }
    }
}
