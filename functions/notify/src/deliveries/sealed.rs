//! Variables that hold links with tokens: sealed until the message is sent, and forgotten then.

use shared::Error;
use shared::seal::Purpose;
use uuid::Uuid;

use super::model::Delivery;
use super::store::Deliveries;
use crate::rendering::Variables;

const PURPOSE: Purpose = "variables";

impl Deliveries {
    /// Seals the variables of the delivery with this id.
    pub(crate) fn seal(&self, id: Uuid, variables: &Variables) -> Result<String, Error> {
        let plain = serde_json::to_vec(variables).map_err(Error::internal)?;
        self.sealer.seal(PURPOSE, id.as_bytes(), &plain)
    }

    /// All variables of a delivery, the sealed ones too.
    pub(crate) fn variables(&self, delivery: &Delivery) -> Result<Variables, Error> {
        let mut variables = delivery.variables.clone();
        if let Some(sealed) = &delivery.sealed {
            let plain = self.sealer.open(PURPOSE, delivery.id.as_bytes(), sealed);
            let plain = plain.ok_or_else(|| Error::internal("sealed variables cannot be opened"))?;
            variables.extend(serde_json::from_slice::<Variables>(&plain).map_err(Error::internal)?);
        }
        Ok(variables)
    }
}
