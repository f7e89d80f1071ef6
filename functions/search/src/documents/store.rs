//! Documents' items, the truth that the index is made of.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#DOCUMENTS#<shard>` | `<type>#<id>` | a document |

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Key, Position, Rows, Table};

use super::model::{Document, DocumentKey};

/// Partitions of a tenant's documents, so that a large import is not one partition's.
pub(crate) const SHARDS: u8 = 16;

/// A row: what stands beside the document is the store's.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row<D> {
    document: D,
}

/// The documents.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    table: Table,
}

impl Documents {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId, shard: u8) -> String {
        format!("TENANT#{tenant}#DOCUMENTS#{shard}")
    }

    fn key(tenant: TenantId, document: &DocumentKey) -> Key {
        let text = document.text();
        // FNV-1a: the same on every machine, for ever.
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let shard = u8::try_from((hash >> 32) % u64::from(SHARDS)).unwrap_or(0);
        Key::new(Self::partition(tenant, shard), text)
    }

    /// A document as it is now.
    pub(crate) async fn get(&self, tenant: TenantId, document: &DocumentKey) -> Result<Option<Document>, Error> {
        let row: Option<Row<Document>> = self.table.get(&Self::key(tenant, document)).await?;
        Ok(row.map(|row| row.document))
    }

    /// Documents as they are now, in the keys' order; `None` for one that is not there.
    pub(crate) async fn get_all(&self, tenant: TenantId, keys: &[DocumentKey]) -> Result<Vec<Option<Document>>, Error> {
        let keys: Vec<Key> = keys.iter().map(|key| Self::key(tenant, key)).collect();
        let rows: Vec<Option<Row<Document>>> = self.table.get_all(&keys).await?;
        Ok(rows.into_iter().map(|row| row.map(|row| row.document)).collect())
    }

    /// Writes documents whole. After an error some may be written.
    pub(crate) async fn put_all(&self, tenant: TenantId, documents: &[&Document]) -> Result<(), Error> {
        let rows: Vec<_> = documents
            .iter()
            .map(|document| (Self::key(tenant, &document.key()), Row { document: *document }))
            .collect();
        self.table.put_all(&rows).await
    }

    /// Deletes documents. Twice is once.
    pub(super) async fn delete(&self, tenant: TenantId, document: &DocumentKey) -> Result<(), Error> {
        self.table.delete(&Self::key(tenant, document)).run().await.map(|_| ())
    }

    /// A page of one shard of a tenant's documents.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        shard: u8,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Document>, Error> {
        let page = self.table.query(Self::partition(tenant, shard)).limit(limit).after(after);
        let rows: Rows<Row<Document>> = page.page().await?;
        Ok(Rows { items: rows.items.into_iter().map(|row| row.document).collect(), next: rows.next })
    }
}
