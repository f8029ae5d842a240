//! Answering with a network, in the formats of the programs that draw and measure them.

mod cytoscape;
mod dot;
mod gexf;
mod graphml;
mod table;
mod words;

use super::conditional::begin;
use super::format::formats;
use super::{Answer, Meta, Representation as _, answer_document, etag_of};
use crate::drawing;
use crate::network::today;
use crate::problem::Problem;
use crate::state::State;
use crate::traces;
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use consortia_db::revision;
use consortia_domain::error::Invalid;
use consortia_domain::network::{Neighbourhood, TieKind};
use std::fmt::Write as _;
use std::str::FromStr;

formats! {
    /// A format of networks.
    pub enum GraphFormat {
        /// One JSON document, with everything that is known.
        Json = "json", "application/json", "";
        /// A drawing that scales.
        Svg = "svg", "image/svg+xml", "";
        /// A drawing of dots.
        Png = "png", "image/png", "";
        /// Elements of Cytoscape and Cytoscape.js.
        Cytoscape = "cytoscape", "application/x-cytoscape+json", "";
        /// GraphML, which most programs read.
        Graphml = "graphml", "application/graphml+xml", "";
        /// GEXF 1.3, of Gephi.
        Gexf = "gexf", "application/gexf+xml", "";
        /// DOT, of Graphviz.
        Dot = "dot", "text/vnd.graphviz", "; charset=utf-8";
        /// The ties, or the organisations, as comma-separated values.
        Csv = "csv", "text/csv", "; charset=utf-8; header=present";
    }
}

impl GraphFormat {
    /// The format to answer in: `wanted`, else what `Accept` prefers. A browser that follows a
    /// link asks for pictures too, but means a document.
    ///
    /// # Errors
    /// `not_acceptable`, naming what is offered.
    pub fn of_request(wanted: Option<Self>, asked: &HeaderMap) -> Result<Self, Problem> {
        let accepted = asked.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        if wanted.is_none() && accepted.is_some_and(|accepted| accepted.contains("text/html")) {
            return Ok(Self::Json);
        }
        Self::choose(wanted, asked, Self::ALL)
    }

    /// Whether it is a drawing.
    #[must_use]
    pub fn is_drawing(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }

    /// What the name of a file in it ends with.
    fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Cytoscape => "cyjs",
            Self::Graphml => "graphml",
            Self::Gexf => "gexf",
            Self::Dot => "gv",
            Self::Csv => "csv",
        }
    }
}

/// Which table of a network is asked for as csv.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GraphTable {
    /// A row for each tie.
    #[default]
    Ties,
    /// A row for each organisation.
    Nodes,
}

impl GraphTable {
    /// Every table's name.
    pub const NAMES: [&'static str; 2] = ["ties", "nodes"];
}

impl FromStr for GraphTable {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "ties" => Ok(Self::Ties),
            "nodes" => Ok(Self::Nodes),
            _ => {
                let known = Self::NAMES.join(", ");
                let detail = format!("'{text}' is not a table here. Expected one of: {known}.");
                Err(Invalid::new("unknown_table", detail))
            }
        }
    }
}

/// How a network is to be given.
#[derive(Clone, Copy, Debug)]
pub struct GraphLook {
    /// The format.
    pub format: GraphFormat,
    /// The table, for csv.
    pub table: GraphTable,
    /// Whether a table begins with a byte order mark, for old spreadsheets.
    pub bom: bool,
    /// The width of a PNG, in dots.
    pub width: u32,
}

/// Answers with the surroundings of an organisation as `look` says, or with 304 when the
/// client has them already.
///
/// # Errors
/// When they cannot be written, or the store fails.
pub async fn answer_graph(
    http: &HttpRequest,
    state: &State,
    look: GraphLook,
    found: Neighbourhood,
) -> Answer {
    if look.format == GraphFormat::Json {
        let mut response = answer_document(http, state, found).await?;
        response.headers_mut().append(header::VARY, header::HeaderValue::from_static("Accept"));
        return Ok(response);
    }
    let last = state.read(revision::last).await?;
    let meta = Meta::of(state, last.map(|(_, at)| at), Vec::new());
    let etag = etag_of(told_by(http, look, &found, &meta).as_bytes());
    let (mut response, unchanged) = begin(http.headers(), etag, None);
    if unchanged {
        return Ok(response.finish());
    }
    let beside = &found.by_agreement;
    let total = found.within_reach + beside.organisations;
    let left_out = found.left_out + beside.organisations.saturating_sub(beside.shown);
    let name = format!("network.{}", look.format.extension());
    let limit = state.config().request_timeout;
    let turn = state.network().drawing_turn(state.admission(), limit).await?;
    // Drawing a few hundred organisations takes a moment, during which others are served.
    let work = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        written(&found, &meta, look)
    });
    let body = traces::part("render", work).await.map_err(Problem::internal)??;
    let shown = if look.format.is_drawing() { "inline" } else { "attachment" };
    let disposition = format!("{shown}; filename=\"{name}\"");
    response.insert_header((header::CONTENT_DISPOSITION, disposition));
    response.insert_header(("X-Total-Count", total.to_string()));
    response.insert_header(("X-Left-Out", left_out.to_string()));
    Ok(response.content_type(look.format.content_type()).body(body))
}

/// What the answer depends on, so that it need not be written to tell whether it changed.
fn told_by(http: &HttpRequest, look: GraphLook, found: &Neighbourhood, meta: &Meta) -> String {
    format!(
        "{} {} {} {:?} {} {:?} {:?} {:?} {:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        http.path(),
        http.query_string(),
        look.format,
        found.revision,
        found.communities_revision,
        meta.as_of,
        // Statuses and groups of countries change with the day.
        today(),
        meta.attribution,
        meta.licence
    )
}

fn written(found: &Neighbourhood, meta: &Meta, look: GraphLook) -> Result<Vec<u8>, Problem> {
    let about = &description(found, meta);
    match look.format {
        GraphFormat::Json => serde_json::to_vec(found).map_err(Problem::internal),
        GraphFormat::Svg => Ok(drawing::svg(found, meta).into_bytes()),
        GraphFormat::Png => {
            let svg = drawing::svg(found, meta);
            drawing::png(&svg, look.width).map_err(Problem::internal)
        }
        GraphFormat::Cytoscape => cytoscape::document(found, about).map_err(Problem::internal),
        GraphFormat::Graphml => graphml::document(found, about).map_err(Problem::internal),
        GraphFormat::Gexf => gexf::document(found, about).map_err(Problem::internal),
        GraphFormat::Dot => Ok(dot::document(found, about).into_bytes()),
        GraphFormat::Csv => Ok(table::document(found, look).into_bytes()),
    }
}

/// What a network is about and where it comes from, in one line.
fn description(found: &Neighbourhood, meta: &Meta) -> String {
    let Neighbourhood { nodes, revision, .. } = found;
    // Writing to a String cannot fail.
    let mut text = format!(
        "Partners of {}: {} organisations, {} ties, at revision {revision}.",
        found.organisation.label,
        nodes.len(),
        found.ties_of(TieKind::Collaboration)
    );
    let agreed = found.ties_of(TieKind::Agreement);
    if agreed > 0 {
        let _ = write!(text, " {agreed} more ties are agreements.");
    }
    if found.left_out > 0 {
        let _ = write!(text, " {} more were left out.", found.left_out);
    }
    if !found.scope.0.is_empty() {
        let _ = write!(text, " Scope: {}.", scope_in_words(found));
    }
    if let Some(attribution) = &meta.attribution {
        let _ = write!(text, " Data: {attribution}");
        if let Some(licence) = &meta.licence {
            let _ = write!(text, ", {licence}");
        }
        text.push('.');
    }
    text
}

/// The scope as it was asked for, `country=IT,FR; active_from=2018`.
pub(crate) fn scope_in_words(found: &Neighbourhood) -> String {
    let values = |(name, values): (&String, &Vec<String>)| {
        values.iter().map(|value| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    found.scope.0.iter().map(values).collect::<Vec<_>>().join("; ")
}
