//! How parameters of lists and records describe themselves in the document.

use super::{Format, ListQuery, RecordQuery, Representation as _, Resource};
use crate::extract::{IdempotencyKey, IfMatch, RecordPath};
use consortia_domain::filter::Filter;
use consortia_domain::page::{DEFAULT_LIMIT, MAX_LIMIT};
use serde_json::json;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

/// What the two ends of a range parameter are.
#[derive(Clone, Copy, Debug)]
pub enum RangeOf {
    /// Days; a year or month means its first or last day.
    Days,
    /// Amounts in euro.
    Euros,
    /// Instants, or days in UTC.
    Instants,
    /// Whole numbers.
    Numbers,
}

/// A filter that can be described in the document.
pub trait DescribedFilter: Filter + IntoParams {
    /// Its ranges, each read as `<name>_from` and `<name>_to`.
    const RANGES: &'static [(&'static str, RangeOf)];
}

fn parameter(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

fn of_type(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(kind))
}

fn text(name: &str, description: &str, example: &str) -> Parameter {
    parameter(name, description, of_type(Type::String).examples([json!(example)]))
}

impl<T: Resource> IntoParams for RecordQuery<T> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let unless = "An `ETag` that was read; 304 when it is still the record's.";
        let mut parameters = look::<T>(Format::RECORD);
        parameters.push(header("If-None-Match", unless, false, "\"1-5f0c9a8e2b7d4c13\""));
        parameters
    }
}

/// The parameters that say how a record is shown.
fn look<T: Resource>(formats: &[Format]) -> Vec<Parameter> {
    let fields = format!("Fields to show, by comma. Of: {}.", T::FIELDS.join(", "));
    let mut parameters = vec![text("fields", &fields, &T::FIELDS[..2].join(","))];
    if let Some(first) = T::INCLUDES.first() {
        let include = format!("What to show with it, by comma. Of: {}.", T::INCLUDES.join(", "));
        parameters.push(text("include", &include, first));
    }
    let names = formats.iter().map(|format| format.name());
    let schema = of_type(Type::String).enum_values(Some(names));
    parameters.push(parameter("format", "Format of the answer; wins over `Accept`.", schema));
    parameters
}

impl<T: Resource, F: DescribedFilter> IntoParams for ListQuery<T, F> {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = vec![text(
            "q",
            "Words to search for: accents and case do not matter, a beginning of a word is \
             enough, typing errors in names are forgiven; best first.",
            T::SEARCH_EXAMPLE,
        )];
        parameters.extend(range_parameters(F::into_params(given_in), F::RANGES));
        let sorts = F::SORTS.join(", ");
        let sort = format!(
            "Order, by comma, `-` for greatest first; unknown values come last. Of: {sorts}."
        );
        let example = F::SORTS.first().copied().unwrap_or("created_at");
        parameters.push(text("sort", &sort, &format!("-{example}")));
        let limit = of_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(json!(DEFAULT_LIMIT)));
        let limit_text = "The most records on the page. Without it and `cursor`, ndjson and csv \
                          stream the whole list.";
        parameters.push(parameter("limit", limit_text, limit));
        let cursor = "Where the page begins: `page.next` of the page before.";
        parameters.push(parameter("cursor", cursor, of_type(Type::String)));
        parameters.extend(look::<T>(Format::ALL));
        let bom = "Whether a csv file begins with a byte order mark, for old spreadsheets.";
        parameters.push(parameter("bom", bom, of_type(Type::Boolean).default(Some(json!(false)))));
        parameters
    }
}

/// A filter's own parameters, explained, and those of its ranges.
pub(crate) fn range_parameters(
    own: Vec<Parameter>,
    ranges: &[(&str, RangeOf)],
) -> impl Iterator<Item = Parameter> {
    let ranges: Vec<_> = ranges.iter().flat_map(|(name, of)| range(name, *of)).collect();
    own.into_iter().map(explained).chain(ranges)
}

/// A filter's parameter with what holds for all of them.
fn explained(mut parameter: Parameter) -> Parameter {
    if let Some(description) = &mut parameter.description {
        let conditions = " By comma for any of several, `!` in front for none of them, \
                          `unknown` for no value; repeat it for conditions that must all hold.";
        let plain = matches!(
            &parameter.schema,
            Some(RefOr::T(Schema::Object(object)))
                if !matches!(
                    object.schema_type,
                    SchemaType::Type(Type::Boolean | Type::Integer)
                )
        );
        if plain && !parameter.name.ends_with("active_on") && parameter.name != "rollup" {
            description.push_str(conditions);
        }
    }
    parameter.required = Required::False;
    parameter
}

fn range(name: &str, of: RangeOf) -> [Parameter; 2] {
    if name == "active" {
        return active();
    }
    let words = name.trim_end_matches("_at").replace('_', " ");
    let (what, example) = match of {
        RangeOf::Days => ("day (a year or month means all of it)", "2019"),
        RangeOf::Euros => ("amount in euro", "100000"),
        RangeOf::Instants => ("instant, or day in UTC,", "2026-01-31"),
        RangeOf::Numbers => ("number", "2020"),
    };
    let describe = |end: &str| format!("The {end} {what} of: {words}.");
    [
        text(&format!("{name}_from"), &describe("least"), example),
        text(&format!("{name}_to"), &describe("greatest"), example),
    ]
}

/// The ends of a time in which something may have run; no field has such a name.
fn active() -> [Parameter; 2] {
    let describe = |end: &str| {
        format!(
            "The {end} day of a time in which the project may have run (a year or month means \
             all of it); an unknown or open end of its period puts no limit."
        )
    };
    [text("active_from", &describe("first"), "2019"), text("active_to", &describe("last"), "2019")]
}

impl IntoParams for RecordPath {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The record: its id, or an external identifier, `scheme:value` (a \
                           slash in it written %2F).";
        vec![
            ParameterBuilder::new()
                .name("id")
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some(description))
                .schema(Some(of_type(Type::String)))
                .build(),
        ]
    }
}

fn header(name: &str, description: &str, required: bool, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(if required { Required::True } else { Required::False })
        .description(Some(description))
        .schema(Some(of_type(Type::String).examples([json!(example)])))
        .build()
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The `ETag` of the version that was read, or its version number in \
                           quotes; `*` for any.";
        vec![header("If-Match", description, true, "\"1\"")]
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "A key of your own, such as a UUID: for 24 hours the same request \
                           with it is answered as the first time instead of being done again.";
        vec![header("Idempotency-Key", description, false, "9d0b6c1e-spring")]
    }
}
