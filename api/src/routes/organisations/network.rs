//! The surroundings of one organisation, as a network.

use super::super::{errors::NetworkErrors, examples};
use super::partners::SCOPE_RANGES;
use crate::drawing;
use crate::extract::{Parameters, Query, RecordPath};
use crate::network::{self, Task, measured, too_far};
use crate::problem::{Code, Problem};
use crate::respond::{
    Answer, Document, GraphFormat, GraphLook, GraphTable, answer_graph, range_parameters,
};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::error::Invalid;
use consortia_domain::filter::QueryReader;
use consortia_domain::network::{
    AtLeastOne, Neighbourhood, NeighbourhoodFilter, NetworkFilter, NodeGroup,
};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_organisation_network);
}

/// What is asked of an organisation's surroundings, and how they are to be given.
#[derive(Clone, Debug)]
pub struct NetworkViewQuery {
    filter: NeighbourhoodFilter,
    format: Option<GraphFormat>,
    table: GraphTable,
    bom: bool,
    width: u32,
}

/// Its parameters besides those of the network.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters and is never made")]
struct Described {
    /// Steps from the organisation: 1 for its partners, 2 for theirs too.
    #[param(minimum = 1, maximum = 2, default = 1)]
    depth: Option<u32>,
    /// The most organisations to give, the one asked about included; the nearest are kept, and
    /// of these the most strongly tied. Drawings show at most 300.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// What organisations are told apart by: drawings are coloured by it, and with `community`
    /// every node tells its community in the whole network.
    #[param(inline, default = "country")]
    group: Option<NodeGroup>,
    /// Format of the answer; wins over `Accept`. Of: json, svg, png, cytoscape, graphml, gexf,
    /// dot, csv.
    #[param(example = "svg")]
    format: Option<String>,
    /// Which table csv gives: ties or nodes.
    #[param(default = "ties")]
    table: Option<String>,
    /// Whether a csv file begins with a byte order mark, for old spreadsheets.
    #[param(default = false)]
    bom: Option<bool>,
    /// How wide a png is, in dots.
    #[param(minimum = 200, maximum = 4000, default = 1600)]
    width: Option<u32>,
}

impl Parameters for NetworkViewQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        let width = query.one::<AtLeastOne>("width").map_or(drawing::DEFAULT_WIDTH, |of| of.0);
        if !drawing::WIDTHS.contains(&width) {
            let (least, most) = (drawing::WIDTHS.start(), drawing::WIDTHS.end());
            let detail = format!("'width' is {width}; {least} to {most} dots are possible.");
            query.fault("width", Invalid::new("out_of_range", detail));
        }
        Self {
            filter: NeighbourhoodFilter::read(query),
            format: query.one("format"),
            table: query.one("table").unwrap_or_default(),
            bom: query.flag("bom").unwrap_or(false),
            width,
        }
    }
}

impl IntoParams for NetworkViewQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = Described::into_params(&given_in);
        all.extend(range_parameters(NetworkFilter::parameters(given_in), SCOPE_RANGES));
        all
    }
}

/// Get the network around an organisation
///
/// The organisation, its partners (and theirs with `depth=2`) and every tie between these: as
/// JSON, as a drawing, or as a file for Cytoscape, Gephi, Graphviz, yEd or a spreadsheet.
/// Those beyond `limit`, which have the weakest ties, are counted in `left_out`. Agreements are
/// ties of another kind; who has one with the organisation and shares no project is there too.
#[utoipa::path(tag = "organisations", params(RecordPath, NetworkViewQuery), responses(
    (status = 200, description = "The network.", content(
        (Document<Neighbourhood> = "application/json", example = examples::neighbourhood),
        (String = "image/svg+xml"),
        (Vec<u8> = "image/png"),
        (String = "application/x-cytoscape+json"),
        (String = "application/graphml+xml"),
        (String = "application/gexf+xml"),
        (String = "text/vnd.graphviz"),
        (String = "text/csv"),
     ),
     headers(("ETag" = String, description = "Tells whether anything changed."),
             ("X-Total-Count" = u64, description = "Organisations within reach or joined by \
              agreements, but for json."),
             ("X-Left-Out" = u64, description = "Those of them beyond `limit`, but for json."))),
    (status = 304, description = "Nothing has changed."),
    NetworkErrors,
))]
#[get("/{id}/network")]
async fn get_organisation_network(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<NetworkViewQuery>,
) -> Answer {
    let NetworkViewQuery { filter, format, table, bom, width } = query.0;
    let format = GraphFormat::of_request(format, http.headers())?;
    if format.is_drawing() && filter.limit > drawing::MOST_DRAWN {
        return Err(too_many(filter.limit));
    }
    let whole = match filter.group {
        NodeGroup::Country => None,
        NodeGroup::Community => Some(measured(&state, &filter.network, Task::Communities).await?),
    };
    let shared = state.clone();
    let read = state.read(move |c| {
        network::neighbourhood(c, shared.network(), &path.0, &filter, whole.as_deref())
    });
    let found = read.await?.map_err(too_far)?;
    answer_graph(&http, &state, GraphLook { format, table, bom, width }, found).await
}

fn too_many(limit: u32) -> Problem {
    let detail = format!(
        "A drawing shows at most {} organisations, 'limit' is {limit}. Ask for fewer, or for \
         another format (json, graphml, gexf, cytoscape, dot, csv).",
        drawing::MOST_DRAWN
    );
    Problem::new(Code::TooLarge, detail)
}
