//! Measures Consortia on the Horizon 2020 data, beside a bare actix-web + rusqlite service
//! that gives the same answers from the same file in the same run:
//!
//! ```text
//! cargo run --release -p consortia-bench
//! cargo run --release -p consortia-bench -- --engine postgres
//! cargo run --release -p consortia-bench -- --scales 1,5,20
//! cargo run --release -p consortia-bench -- overload
//! cargo run --release -p consortia-bench -- share
//! cargo run --release -p consortia-bench -- login
//! cargo run --release -p consortia-bench -- slow
//! ```
//!
//! Rounds of a few seconds alternate between the two, so that whatever else the machine does
//! hits both. The load runs on the same machine and takes its share of the processor; the
//! ratio and the processor time of each server are what to trust, not requests per second.

mod bare;
mod growth;
mod latency;
mod load;
mod login;
mod network;
mod overload;
mod process;
mod report;
mod share;
mod slow;
mod workload;

use clap::{Parser, Subcommand, ValueEnum};
use consortia_test_postgres::{Cluster, Database, Settings};
use consortia_tests::{Client, Engine, Place, Server, h2020};
use process::measure;
use report::Side;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use workload::Workload;

/// The registry's own choice, so that the peer has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Consortia beside a bare actix-web + rusqlite service.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Task>,
    /// The engine Consortia runs on; the bare service is always on SQLite.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: EngineName,
    /// How many times over to take the data.
    #[arg(long, value_delimiter = ',', default_value = "1")]
    scales: Vec<u32>,
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Rounds for each server and kind of request.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Only the kinds of request whose names hold this.
    #[arg(long, default_value = "")]
    only: String,
    /// Seconds a round lasts.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
}

#[derive(Subcommand)]
enum Task {
    /// Serves a SQLite database with the bare service.
    #[command(hide = true)]
    Bare {
        /// The database.
        file: PathBuf,
    },
    /// Measures what becomes of the registry when ten times more is asked than it can answer.
    Overload {
        /// Requests at work at the same time; two a processor unless it is said.
        #[arg(long)]
        at_work: Option<usize>,
        /// Requests that wait for their turn; eight times as many unless it is said.
        #[arg(long)]
        waiting: Option<usize>,
    },
    /// Measures what others notice of one client that asks for what is dear, many times at once.
    Share,
    /// Measures what the time tells of an account that could not be opened.
    Login,
    /// Measures what others notice of two hundred clients that send or read as slowly as they can.
    Slow,
    /// Measures the partner network by itself, without a server.
    Network {
        /// How many times over to take the data.
        #[arg(long, value_delimiter = ',', default_value = "1")]
        scales: Vec<u32>,
        /// Folder to write the network and every value to, for others to compute the same.
        #[arg(long)]
        export: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    Sqlite,
    Postgres,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Task::Bare { file }) = &arguments.command {
        return bare::serve(file.clone());
    }
    if cfg!(debug_assertions) {
        return Err(io::Error::other(
            "measure what is shipped: cargo run --release -p consortia-bench",
        ));
    }
    if let Some(Task::Network { scales, export }) = &arguments.command {
        let measure = |scale| network::measure(&h2020::archive(), scale, export.as_deref());
        return scales.iter().copied().try_for_each(measure);
    }
    if let Some(Task::Overload { at_work, waiting }) = arguments.command {
        return overload(&arguments, at_work, waiting);
    }
    if let Some(Task::Share) = arguments.command {
        return share::measure(&without_rates(&arguments)?);
    }
    if let Some(Task::Slow) = arguments.command {
        return slow::measure(&without_rates(&arguments)?);
    }
    if let Some(Task::Login) = arguments.command {
        return login(&arguments);
    }
    for scale in &arguments.scales {
        measure_scale(&arguments, *scale)?;
    }
    Ok(())
}

/// Imports the data `scale` times over and puts both servers under load.
fn measure_scale(arguments: &Arguments, scale: u32) -> io::Result<()> {
    let work = tempfile::tempdir()?;
    let source = if scale == 1 {
        h2020::archive()
    } else {
        growth::multiply(&h2020::archive(), work.path(), scale)?
    };
    let source = source.to_str().ok_or_else(|| io::Error::other("a path that is not UTF-8"))?;
    println!("\n## {scale} × Horizon 2020\n");

    let file = Place::empty(Engine::Sqlite);
    import(&file, source)?;
    let (place, process) = match arguments.engine {
        EngineName::Sqlite => (Place::copy_of_file(file.folder()), None),
        EngineName::Postgres => postgres(source)?,
    };
    let bare = Peer::start(&consortia_tests::place::sqlite_file(file.folder()))?;
    let started = Instant::now();
    let server = Server::start(place);
    println!("- start to ready: {:.2} s\n", started.elapsed().as_secs_f64());

    let file = consortia_tests::place::sqlite_file(file.folder());
    let client = server.unrecorded();
    let workloads =
        workload::all(&file, &client, &server.token("editor")).map_err(io::Error::other)?;
    let [reads @ .., _create] = workloads.as_slice() else { return Ok(()) };
    // Two imports give different ids; that the engines agree is for the tests to show.
    if server.engine() == Engine::Sqlite {
        same_answers(&client, &Client::new(&bare.base), reads);
    }
    report::heading();
    for workload in workloads.iter().filter(|of| of.name.contains(&arguments.only)) {
        let (mut ours, mut peer) = alternate(arguments, workload, (&server, process), &bare)?;
        report::row(workload.name, &mut ours, &mut peer);
    }
    drop(bare);
    latency::measure(server.base(), &client)
}

/// Imports the data and asks for too much of it; what was promised and not kept is the error.
fn overload(
    arguments: &Arguments,
    at_work: Option<usize>,
    waiting: Option<usize>,
) -> io::Result<()> {
    let source = h2020::archive();
    let source = source.to_str().ok_or_else(|| io::Error::other("a path that is not UTF-8"))?;
    let file = Place::empty(Engine::Sqlite);
    import(&file, source)?;
    let place = match arguments.engine {
        EngineName::Sqlite => Place::copy_of_file(file.folder()),
        EngineName::Postgres => postgres(source)?.0,
    };
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let at_work = at_work.unwrap_or(2 * processors);
    let waiting = waiting.unwrap_or(8 * at_work);
    let settings = [
        ("CONSORTIA_MAX_REQUESTS_AT_WORK", &*at_work.to_string()),
        ("CONSORTIA_MAX_REQUESTS_WAITING", &*waiting.to_string()),
    ];
    let server = Server::start_with(place, &settings);
    let file = consortia_tests::place::sqlite_file(file.folder());
    let token = server.token("editor");
    let workloads = workload::all(&file, &server.unrecorded(), &token).map_err(io::Error::other)?;
    let wanted = workloads.iter().filter(|of| of.name.contains(&arguments.only));
    overload::heading();
    let mut broken = Vec::new();
    for workload in wanted {
        let usual = arguments.connections;
        broken.extend(overload::measure(&server, workload, usual, at_work + waiting)?);
    }
    if broken.is_empty() { Ok(()) } else { Err(io::Error::other(broken.join("\n"))) }
}

/// A server with the data that believes the addresses this machine tells it, and limits nobody's
/// rate.
fn without_rates(arguments: &Arguments) -> io::Result<Server> {
    let source = h2020::archive();
    let source = source.to_str().ok_or_else(|| io::Error::other("a path that is not UTF-8"))?;
    let place = match arguments.engine {
        EngineName::Sqlite => {
            let place = Place::empty(Engine::Sqlite);
            import(&place, source)?;
            place
        }
        EngineName::Postgres => postgres(source)?.0,
    };
    let settings =
        [("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1"), ("CONSORTIA_RATE_LIMIT_ADDRESS", "0")];
    Ok(Server::start_with(place, &settings))
}

fn login(arguments: &Arguments) -> io::Result<()> {
    let place = match arguments.engine {
        EngineName::Sqlite => Place::empty(Engine::Sqlite),
        EngineName::Postgres => Place::at(durable_database()?.1.url()),
    };
    login::measure(&Server::start(place))
}

/// Imports `source` into `place`, then again, and says what both cost.
fn import(place: &Place, source: &str) -> io::Result<()> {
    for what in ["import", "import again (nothing changes)"] {
        let run = measure(&mut place.command(&["import", "cordis", source]))?;
        println!(
            "- {what} on {:?}: {:.1} s, peak memory {} MB",
            place.engine(),
            run.elapsed.as_secs_f64(),
            run.peak_memory / 1_000_000
        );
    }
    Ok(())
}

/// A place on a PostgreSQL server that keeps what it acknowledges, with `source` imported, and
/// the process id of that server.
fn postgres(source: &str) -> io::Result<(Place, Option<u32>)> {
    let (cluster, database) = durable_database()?;
    let place = Place::at(database.url());
    import(&place, source)?;
    println!("- partners of the largest organisation, as SQL: {:.1} ms", partners_as_sql(database));
    Ok((place, cluster.process_id()))
}

/// A database, for as long as this process lasts, on a PostgreSQL server that keeps what it
/// acknowledges.
fn durable_database() -> io::Result<(&'static Cluster, &'static Database)> {
    let settings = Settings { durable: true, ..Settings::default() };
    let cluster = Box::leak(Box::new(Cluster::start(settings).map_err(io::Error::other)?));
    Ok((cluster, Box::leak(Box::new(cluster.create_database()))))
}

/// What PostgreSQL itself takes for the partners of the largest organisation, in milliseconds:
/// the median of twenty times.
fn partners_as_sql(database: &Database) -> f64 {
    let largest = database.query(
        "ANALYZE; SELECT organisation_id FROM participations GROUP BY organisation_id \
         ORDER BY count(DISTINCT project_id) DESC LIMIT 1",
    );
    let statement = bare::partners::STATEMENT
        .replace("$1", &format!("'{}'", largest.trim()))
        .replace("$2", "50");
    let explain = format!("EXPLAIN (ANALYZE, TIMING OFF) {statement};").repeat(20);
    let plans = database.query(&explain);
    let told = plans.lines().filter_map(|line| line.strip_prefix("Execution Time: "));
    let mut times: Vec<f64> =
        told.filter_map(|time| time.trim_end_matches(" ms").parse().ok()).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Both servers under one kind of load, turn by turn. What the database's own processes cost
/// counts for the registry.
fn alternate(
    arguments: &Arguments,
    workload: &Workload,
    (server, database): (&Server, Option<u32>),
    bare: &Peer,
) -> io::Result<(Side, Side)> {
    let (mut ours, mut peer) = (Side::default(), Side::default());
    let (next_ours, next_bare) = (AtomicU64::new(0), AtomicU64::new(0));
    let duration = Duration::from_secs(arguments.seconds);
    for round in 0..=arguments.rounds {
        for (base, process, database, requests, next, side) in [
            (server.base(), server.process_id(), database, &workload.ours, &next_ours, &mut ours),
            (&bare.base, bare.child.id(), None, &workload.bare, &next_bare, &mut peer),
        ] {
            let cpu = || {
                process::cpu_millis(process) + database.map_or(0.0, process::cpu_millis_of_family)
            };
            let address = base.trim_start_matches("http://");
            let before = cpu();
            let outcome = load::run(address, requests, next, arguments.connections, duration)?;
            // The first round warms caches and is not counted.
            if round > 0 {
                side.add(outcome, cpu() - before);
            }
        }
    }
    Ok((ours, peer))
}

/// Demands that both servers give the same records, or the comparison means nothing.
fn same_answers(ours: &Client, bare: &Client, workloads: &[Workload]) {
    for workload in workloads {
        // Twenty of each kind: on large data a single list may take a second.
        let step = workload.ours.len().div_ceil(20).max(1);
        for (our_request, bare_request) in workload.ours.iter().zip(&workload.bare).step_by(step) {
            let mut answers = [(ours, our_request), (bare, bare_request)]
                .map(|(client, request)| client.get(request.path()).expect(200).json());
            for answer in &mut answers {
                // Sums of fractions depend on the order in which they are added.
                for partner in answer["data"].as_array_mut().into_iter().flatten() {
                    if let Some(weight) = partner["fractional_weight"].as_f64() {
                        partner["fractional_weight"] = format!("{weight:.9}").into();
                    }
                }
                // Cursors are each server's own, and only ours says more about the list.
                if let Some(data) = answer.get_mut("data") {
                    *answer = serde_json::json!([data.take(), answer["page"]["total"]]);
                }
            }
            let [ours, bare] = answers;
            assert_eq!(ours, bare, "{}: {}", workload.name, our_request.path());
        }
    }
}

/// The bare service as a process of its own, stopped when dropped.
struct Peer {
    child: Child,
    base: String,
}

impl Peer {
    fn start(file: &Path) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("bare")
            .arg(file)
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
        let mut base = String::new();
        BufReader::new(printed).read_line(&mut base)?;
        Ok(Self { child, base: base.trim().to_owned() })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Err(fault) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("The bare service was not stopped: {fault}");
        }
    }
}
