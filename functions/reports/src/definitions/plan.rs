//! What is to be done: a definition over its dataset, with values for its parameters.

use super::filters::Test;
use super::model::{Definition, Direction, Function, GroupKey};
use super::parameters::{Asked, Given, Parameters, shown};
use crate::ReportsError;
use crate::datasets::Dataset;
use crate::query::{Formula, Order, names_in};
use crate::values::{Kind, Moments, Unit, Value};

/// A definition that can be carried out.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What is read of each row; what is computed stands behind what it is computed of.
    pub(crate) inputs: Vec<Input>,
    pub(crate) tests: Vec<Test>,
    pub(crate) shape: Shape,
    /// Columns of the result.
    pub(crate) outputs: Vec<Output>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<u64>,
    pub(crate) totals: bool,
    pub(crate) moments: Moments,
    /// Parameters that have a value.
    pub(crate) parameters: Vec<Asked>,
    /// The first and last milliseconds of rows that can pass.
    pub(crate) range: (i64, i64),
}

/// What is read of a row, or computed.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    name: String,
    pub(crate) source: Source,
    pub(crate) kind: Kind,
}

/// Where an input comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Id,
    At,
    RecordedAt,
    Declared(String),
    Computed(Formula),
    /// The beginning of the part of time that another input is in.
    StartOf(usize, Unit),
}

/// What becomes of rows.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Each is shown: these inputs.
    Rows(Vec<usize>),
    /// They are counted: by these inputs.
    Groups { keys: Vec<usize>, measures: Vec<Measure> },
}

/// What is counted of groups.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) function: Function,
    /// Of which input; `None` counts rows.
    pub(crate) input: Option<usize>,
    /// Of the input.
    pub(crate) kind: Kind,
    /// Of a percentile, from 0 to 1.
    pub(crate) quantile: f64,
}

/// A column of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
}

impl Plan {
    /// What the definition wants of the dataset. `is_run` tells a report that is made from a definition that is only
    /// looked at, whose parameters need no values yet.
    ///
    /// # Errors
    /// `INVALID_TEMPLATE` for a definition that cannot be carried out, `VALIDATION_FAILED` for wrong parameters.
    pub(crate) fn new(
        definition: &Definition,
        dataset: &Dataset,
        given: &Given,
        moments: Moments,
        is_run: bool,
    ) -> Result<Self, ReportsError> {
        let parameters = Parameters::of(definition, given, &moments)?;
        if let Some(name) = parameters.missing(definition).filter(|_| is_run) {
            return Err(shared::Error::field(format!("parameters.{name}"), "is required").into());
        }
        let mut builder = Builder { dataset, parameters: &parameters, moments: &moments, inputs: Vec::new() };
        builder.read_computed(definition)?;
        let is_grouped = !definition.group_by.0.is_empty() || !definition.aggregates.0.is_empty();
        let (shape, outputs) = if is_grouped { builder.groups(definition)? } else { builder.rows(definition)? };
        let mut tests = Vec::new();
        for filter in &definition.filters.0 {
            let input = builder.input(&filter.column)?;
            let kind = builder.inputs[input].kind;
            tests.extend(Test::new(filter, (input, kind), &parameters, &moments)?);
        }
        let order = order(definition, &outputs)?;
        check_chart(definition, &outputs)?;
        let inputs = builder.inputs;
        let of_time =
            tests.iter().filter(|test| inputs.get(test.input).is_some_and(|i| matches!(i.source, Source::At)));
        let range = of_time.fold((0, i64::MAX), |(from, to), test| {
            let (first, last) = test.range();
            (from.max(first.unwrap_or(0)), to.min(last.unwrap_or(i64::MAX)))
        });
        Ok(Self {
            inputs,
            tests,
            shape,
            outputs,
            order,
            limit: definition.limit,
            totals: definition.totals,
            moments,
            parameters: parameters.asked(definition),
            range,
        })
    }

    /// What the report calls the column that a filter is of.
    pub(crate) fn filtered(&self, test: &Test) -> &str {
        let name = self.inputs.get(test.input).map_or("", |input| &input.name);
        let output = self.outputs.iter().find(|output| output.name == name);
        output.map_or(name, |output| &output.label)
    }

    /// What is kept of a row that passes: what is shown, or keys and what is counted.
    pub(crate) fn project(&self, cells: &[Value]) -> Vec<Value> {
        self.kept().map(|place| cells.get(place).cloned().unwrap_or(Value::Null)).collect()
    }

    /// The types of that.
    pub(crate) fn kept_kinds(&self) -> Vec<Kind> {
        self.kept().filter_map(|place| self.inputs.get(place)).map(|input| input.kind).collect()
    }

    /// The types of the result's columns.
    pub(crate) fn output_kinds(&self) -> Vec<Kind> {
        self.outputs.iter().map(|output| output.kind).collect()
    }

    fn kept(&self) -> impl Iterator<Item = usize> + '_ {
        let (shown, counted): (&[usize], &[Measure]) = match &self.shape {
            Shape::Rows(places) => (places, &[]),
            Shape::Groups { keys, measures } => (keys, measures),
        };
        shown.iter().copied().chain(counted.iter().filter_map(|measure| measure.input))
    }

    /// How many rows have to be read at most, if that is known.
    pub(crate) fn enough(&self) -> Option<u64> {
        let shows_first = matches!(self.shape, Shape::Rows(_)) && self.order.is_empty() && !self.totals;
        self.limit.filter(|_| shows_first)
    }
}

struct Builder<'a> {
    dataset: &'a Dataset,
    parameters: &'a Parameters,
    moments: &'a Moments,
    inputs: Vec<Input>,
}

impl Builder<'_> {
    /// Where an input stands; a column of the dataset's is added when it is first asked for.
    fn input(&mut self, name: &str) -> Result<usize, ReportsError> {
        if let Some(place) = self.inputs.iter().position(|input| input.name == name) {
            return Ok(place);
        }
        let column = self.dataset.columns().into_iter().find(|column| column.name == name);
        let column = column
            .ok_or_else(|| ReportsError::invalid(format!("{} has no column {}", self.dataset.name(), shown(name))))?;
        let source = match name {
            "id" => Source::Id,
            "at" => Source::At,
            "recordedAt" => Source::RecordedAt,
            _ => Source::Declared(column.name.clone()),
        };
        Ok(self.add(Input { name: column.name, source, kind: column.kind }))
    }

    fn add(&mut self, input: Input) -> usize {
        self.inputs.push(input);
        self.inputs.len() - 1
    }

    /// Adds what is computed, in the order of the definition, each with what it needs before it.
    fn read_computed(&mut self, definition: &Definition) -> Result<(), ReportsError> {
        let columns = self.dataset.columns();
        let is_column = |name: &str| columns.iter().any(|column| column.name == name);
        if let Some((name, ..)) = self.parameters.iter().find(|(name, ..)| is_column(name)) {
            return Err(ReportsError::invalid(format!("the parameter {name} has the name of a column")));
        }
        for column in &definition.columns.0 {
            let (Some(expression), Some(kind)) = (&column.expression, column.kind) else {
                if column.expression.is_some() != column.kind.is_some() {
                    return Err(ReportsError::invalid(format!(
                        "the column {} needs both expression and type, or none",
                        shown(&column.name)
                    )));
                }
                continue;
            };
            let name = &column.name;
            let is_taken = is_column(name)
                || self.parameters.get(name).is_some()
                || self.inputs.iter().any(|input| input.name == *name);
            if is_taken || !crate::datasets::is_name(name) {
                return Err(ReportsError::invalid(format!(
                    "a computed column needs a name of its own, and {} is none",
                    shown(name)
                )));
            }
            let used: Vec<String> = names_in(expression).map(str::to_owned).collect();
            for used in used.iter().filter(|used| is_column(used)) {
                self.input(used)?;
            }
            let known = self.inputs.iter().enumerate().map(|(place, input)| (input.name.clone(), place));
            let constants = self.parameters.iter().map(|(name, _, value)| (name.to_owned(), value.clone()));
            let formula = Formula::new(expression, kind, known, constants, self.moments.zone()).map_err(|problem| {
                ReportsError::invalid(format!("the expression of {} is wrong: {problem}", shown(name)))
            })?;
            self.add(Input { name: name.clone(), source: Source::Computed(formula), kind });
        }
        Ok(())
    }

    fn rows(&mut self, definition: &Definition) -> Result<(Shape, Vec<Output>), ReportsError> {
        let wanted: Vec<(String, Option<String>)> = match definition.columns.0.as_slice() {
            [] => self.dataset.columns().into_iter().map(|column| (column.name, None)).collect(),
            columns => columns.iter().map(|column| (column.name.clone(), column.label.clone())).collect(),
        };
        let (mut places, mut outputs) = (Vec::new(), Vec::new());
        for (name, label) in wanted {
            let place = self.input(&name)?;
            places.push(place);
            push(&mut outputs, &name, label, self.inputs[place].kind)?;
        }
        Ok((Shape::Rows(places), outputs))
    }

    fn groups(&mut self, definition: &Definition) -> Result<(Shape, Vec<Output>), ReportsError> {
        if let Some(column) = definition.columns.0.iter().find(|column| column.expression.is_none()) {
            let name = shown(&column.name);
            return Err(ReportsError::invalid(format!(
                "with groups, the column {name} has to be in groupBy or aggregates"
            )));
        }
        let (mut keys, mut measures, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        for key in &definition.group_by.0 {
            let (place, kind) = self.key(key)?;
            keys.push(place);
            push(&mut outputs, &key.column, key.label.clone(), kind)?;
        }
        for aggregate in &definition.aggregates.0 {
            let name = shown(&aggregate.name);
            let wrong = |problem: &str| Err(ReportsError::invalid(format!("the aggregate {name} {problem}")));
            let input = aggregate.column.as_deref().map(|column| self.input(column)).transpose()?;
            let kind = input.map_or(Kind::Integer, |input| self.inputs[input].kind);
            let of_numbers = matches!(aggregate.function, Function::Sum | Function::Avg | Function::Percentile);
            match (aggregate.function, input) {
                (Function::Count, _) | (_, Some(_)) => {}
                _ => return wrong("needs a column"),
            }
            if of_numbers && !kind.is_numeric() {
                return wrong("needs a column of numbers");
            }
            if (aggregate.function == Function::Percentile) != aggregate.percentile.is_some() {
                return wrong("needs percentile if it is one, and only then");
            }
            let quantile = aggregate.percentile.unwrap_or_default() / 100.0;
            measures.push(Measure { function: aggregate.function, input, kind, quantile });
            let result = match aggregate.function {
                Function::Count | Function::Distinct => Kind::Integer,
                Function::Avg | Function::Percentile => Kind::Number,
                Function::Sum | Function::Min | Function::Max => kind,
            };
            push(&mut outputs, &aggregate.name, aggregate.label.clone(), result)?;
        }
        Ok((Shape::Groups { keys, measures }, outputs))
    }

    fn key(&mut self, key: &GroupKey) -> Result<(usize, Kind), ReportsError> {
        let place = self.input(&key.column)?;
        let kind = self.inputs[place].kind;
        let Some(unit) = key.by else { return Ok((place, kind)) };
        if kind != Kind::Timestamp {
            let name = shown(&key.column);
            return Err(ReportsError::invalid(format!("{name} is no moment and cannot be grouped by parts of time")));
        }
        // No name of a column has a space.
        let name = format!("{} by {unit:?}", key.column);
        Ok((self.add(Input { name, source: Source::StartOf(place, unit), kind }), kind))
    }
}

fn push(outputs: &mut Vec<Output>, name: &str, label: Option<String>, kind: Kind) -> Result<(), ReportsError> {
    if outputs.iter().any(|output| output.name == name) {
        return Err(ReportsError::invalid(format!("the result would have two columns {}", shown(name))));
    }
    outputs.push(Output { name: name.to_owned(), label: label.unwrap_or_else(|| name.to_owned()), kind });
    Ok(())
}

fn check_chart(definition: &Definition, outputs: &[Output]) -> Result<(), ReportsError> {
    let Some(chart) = &definition.layout.chart else { return Ok(()) };
    let output = |name: &str| outputs.iter().find(|output| output.name == name);
    if output(&chart.category).is_none() {
        return Err(ReportsError::invalid(format!(
            "the chart's category {} is no column of the result",
            shown(&chart.category)
        )));
    }
    match chart.values.0.iter().find(|name| !output(name).is_some_and(|output| output.kind.is_numeric())) {
        Some(name) => {
            Err(ReportsError::invalid(format!("the chart's {} is no column of numbers of the result", shown(name))))
        }
        None => Ok(()),
    }
}

fn order(definition: &Definition, outputs: &[Output]) -> Result<Vec<Order>, ReportsError> {
    let order = |sort: &super::model::Sort| {
        let place = outputs.iter().position(|output| output.name == sort.column);
        let descending = sort.direction == Direction::Descending;
        place.map(|place| Order { place, descending }).ok_or_else(|| {
            ReportsError::invalid(format!("the result has no column {} to sort by", shown(&sort.column)))
        })
    };
    definition.sort.0.iter().map(order).collect()
}
