//! The partner network by itself: what holding it costs, and what each measure takes.

mod registry;

use crate::process::resident;
use consortia_network::graph::Graph;
use consortia_network::graph::projection::Columns;
use consortia_network::measure::betweenness::{Pivots, betweenness_from};
use consortia_network::measure::communities::{CommunityOptions, communities};
use consortia_network::measure::components::components;
use consortia_network::measure::cores::core_numbers;
use consortia_network::measure::pagerank::{PageRankOptions, pagerank};
use consortia_network::{Frozen, Lens, Network, Scope};
use registry::Registry;
use std::hint::black_box;
use std::io::{self, BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

/// From how many organisations betweenness is sampled, as in the comparison with igraph.
const PIVOTS: usize = 50;
/// Changes taken in to tell what one costs.
const UPDATES: usize = 10_000;
/// How many times the data whole-network measures are taken of: beyond, the network itself
/// takes more memory than small machines have.
const MOST: u32 = 20;
/// How often each measure is taken; the median counts.
const TIMES: usize = 5;

/// Loads the data `scale` times over and times what the engine does with it. With `export`,
/// writes the network and every value there, for others to compute the same.
///
/// # Errors
/// When the data cannot be read or the files cannot be written.
pub(crate) fn measure(archive: &Path, scale: u32, export: Option<&Path>) -> io::Result<()> {
    let registry = Registry::read(archive)?;
    let before = resident();
    let started = Instant::now();
    let [organisations, projects, participations] = registry.counts(scale);
    let mut network = Network::with_room(organisations, projects, participations);
    registry.facts(scale, &mut |portion| network.apply(portion, 1));
    let loaded = started.elapsed();
    let grown = resident().saturating_sub(before);
    assert_eq!(network.participations(), participations);
    println!("\n## {scale} × Horizon 2020: {participations} participations\n");
    println!(
        "- loaded in {:.2} s; {} MB, {} bytes a participation; the process grew by {} MB",
        loaded.as_secs_f64(),
        network.bytes() / 1_000_000,
        network.bytes() / participations.max(1),
        grown / 1_000_000,
    );
    updates(&mut network, &registry);
    println!("\n| measure | ms |\n|---|---:|");
    let scope = Scope::default();
    let lens = Lens::new(&network, &scope, registry::today());
    partners_of_the_largest(&lens);
    if scale > MOST {
        return Ok(());
    }
    let (frozen, taken) = timed(|| lens.freeze());
    row("freeze a copy of the scope", taken);
    row("country network", timed(|| lens.countries()).1);
    let found = whole(&frozen);
    match export {
        Some(folder) => found.write(&frozen, folder),
        None => Ok(()),
    }
}

/// Says what taking in one changed participation costs: it moves to another organisation and
/// back.
fn updates(network: &mut Network, registry: &Registry) {
    let changes: Vec<_> = registry.moves(UPDATES).collect();
    let count = changes.len();
    let started = Instant::now();
    for (there, back) in changes {
        network.apply([there], 2);
        network.apply([back], 3);
    }
    let each = started.elapsed().as_secs_f64() / f64::from(2 * u32::try_from(count).unwrap_or(1));
    println!("- a changed participation taken in: {:.2} µs", each * 1e6);
}

/// Times the question of the one organisation that has the most to answer.
fn partners_of_the_largest(lens: &Lens<'_>) {
    let nodes = 0..u32::try_from(lens.network().organisation_nodes()).unwrap_or(u32::MAX);
    let Some(node) = nodes.max_by_key(|node| lens.projects_of(*node).len()) else { return };
    let (ego, taken) = timed(|| lens.ego(node));
    let what = format!(
        "partners of the largest organisation ({} projects, {} partners)",
        ego.projects.len(),
        ego.ties.len()
    );
    row(&what, taken);
    let projects = ego.projects.len();
    let (cohort, taken) = timed(|| lens.cohort(2));
    row(&format!("cohort of {} organisations with 2 projects", cohort.len()), taken);
    let (cohort, taken) = timed(|| lens.cohort(projects));
    row(&format!("cohort of {} organisations with {projects} projects", cohort.len()), taken);
}

/// What was computed of a whole network.
struct Found {
    graph: Graph,
    components: Vec<u32>,
    cores: Vec<u32>,
    pagerank: Vec<f64>,
    communities: Vec<u32>,
    pivots: Vec<u32>,
    betweenness: Vec<f64>,
    times: Vec<(&'static str, Duration)>,
}

/// Computes and times what other libraries compute as well.
fn whole(frozen: &Frozen) -> Found {
    let (graph, build) = timed(|| Graph::project(&frozen.bipartite, 1, Columns::Shared));
    row(&format!("build the network ({} ties)", graph.edges()), build);
    let (parts, in_components) = timed(|| components(&graph));
    row(&format!("components ({})", parts.len()), in_components);
    let (cores, in_cores) = timed(|| core_numbers(&graph));
    row("core numbers", in_cores);
    let (ranks, in_pagerank) = timed(|| pagerank(graph.by_shared(), &PageRankOptions::default()));
    row(&format!("PageRank ({} passes)", ranks.iterations), in_pagerank);
    let (groups, in_communities) =
        timed(|| communities(graph.by_shared(), &CommunityOptions::default()));
    let (count, modularity) = (groups.partition.len(), groups.modularity);
    row(&format!("communities ({count}, modularity {modularity:.6})"), in_communities);
    let pivots = Pivots::Sample { count: PIVOTS, seed: 0 }.draw(graph.nodes());
    let (between, in_betweenness) = timed(|| betweenness_from(&graph, &pivots, NonZeroUsize::MIN));
    row(&format!("betweenness from {PIVOTS} sources, one thread"), in_betweenness);
    Found {
        components: parts.labels().to_vec(),
        cores,
        pagerank: ranks.values,
        communities: groups.partition.labels().to_vec(),
        pivots,
        betweenness: between.values,
        times: vec![
            ("build", build),
            ("components", in_components),
            ("cores", in_cores),
            ("pagerank", in_pagerank),
            ("communities", in_communities),
            ("betweenness", in_betweenness),
        ],
        graph,
    }
}

impl Found {
    /// Writes `participations.csv`, `edges.csv`, `nodes.csv`, `pivots.csv` and `times.csv`.
    fn write(&self, frozen: &Frozen, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let open = |name: &str| std::fs::File::create(folder.join(name)).map(BufWriter::new);
        let mut file = open("participations.csv")?;
        for project in 0..u32::try_from(frozen.bipartite.project_count()).unwrap_or(u32::MAX) {
            for organisation in frozen.bipartite.organisations_of(project) {
                writeln!(file, "{organisation},{project}")?;
            }
        }
        file.flush()?;
        let mut file = open("edges.csv")?;
        for (a, b, weight) in self.graph.edge_list() {
            writeln!(file, "{a},{b},{weight}")?;
        }
        file.flush()?;
        let mut file = open("nodes.csv")?;
        writeln!(file, "component,core,pagerank,community,betweenness")?;
        for node in 0..self.graph.nodes() {
            let (component, core) = (self.components[node], self.cores[node]);
            let (rank, community) = (self.pagerank[node], self.communities[node]);
            let between = self.betweenness[node];
            writeln!(file, "{component},{core},{rank:e},{community},{between:e}")?;
        }
        file.flush()?;
        let mut file = open("pivots.csv")?;
        for pivot in &self.pivots {
            writeln!(file, "{pivot}")?;
        }
        file.flush()?;
        let mut file = open("times.csv")?;
        for (what, taken) in &self.times {
            writeln!(file, "{what},{}", taken.as_secs_f64())?;
        }
        file.flush()
    }
}

/// The middle one of several runs.
fn timed<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let mut taken = Vec::new();
    loop {
        let started = Instant::now();
        let result = black_box(work());
        taken.push(started.elapsed());
        if taken.len() == TIMES {
            taken.sort_unstable();
            return (result, taken[TIMES / 2]);
        }
    }
}

fn row(what: &str, taken: Duration) {
    println!("| {what} | {:.2} |", taken.as_secs_f64() * 1000.0);
}
