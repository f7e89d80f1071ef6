//! What a report is made of: a definition, and what becomes of it with values for its parameters.

mod filters;
mod model;
mod parameters;
mod plan;

pub(crate) use filters::Test;
pub(crate) use model::{ChartKind, Definition, Function, Operator};
pub(crate) use parameters::Given;
pub(crate) use plan::{Measure, Output, Plan, Shape, Source};
