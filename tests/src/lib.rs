//! The harness of the black-box tests: the built `consortia` binary, driven as a user would.
//!
//! A test is one function run on both engines:
//!
//! ```ignore
//! on_both_engines(|api| {
//!     let made = api.post("/api/v1/organisations", &json!({"names": [..]})).expect(201);
//!     api.get(made.header("location")).expect(200);
//! });
//! ```
//!
//! Every answer the test sees is also recorded, and both recordings must be the same once
//! ids, instants and the like are replaced in order of appearance: that is how "identical
//! JSON on SQLite and PostgreSQL" is shown for every request of the suite.
//!
//! | module | what it is for |
//! | --- | --- |
//! | [`program`] | finds the binary under test, building it when it is not there |
//! | [`place`] | an empty or imported database on one engine, with a data folder |
//! | [`server`] | a running server: start, kill -9, stop, restart, its log |
//! | [`client`] | requests and answers |
//! | [`collector`] | a collector of traces |
//! | [`documents`] | the commands that documents show |
//! | [`disk`] | a disk that fills up or goes read-only |
//! | [`recording`] | answers made comparable across engines |
//! | [`files`] | what lies in the files of a database, byte by byte |
//! | [`integrity`] | whether a database is sound, asked of the engine itself |
//! | [`h2020`] | databases with the whole Horizon 2020 data, imported once per test run |
//! | [`office`] | LibreOffice, to which workbooks go and from which they come back |
//! | [`people`] | accounts, and clients of those who opened them |
//! | [`provider`] | an outside identity provider |
//! | [`samples`] | small records to send |
//! | [`raw`] | bytes on a socket, for requests no client library would send |

pub mod client;
pub mod collector;
pub mod disk;
pub mod documents;
pub mod files;
pub mod h2020;
pub mod integrity;
pub mod office;
pub mod people;
pub mod place;
pub mod program;
pub mod provider;
pub mod raw;
pub mod recording;
pub mod samples;
pub mod server;
pub mod unzip;

mod reaper;

pub use client::{Answer, Client};
pub use disk::Disk;
pub use place::{Engine, Place};
pub use server::Server;

use recording::Recording;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

/// Runs `test` against a fresh server on SQLite, then on PostgreSQL, and demands that both
/// gave the same answers.
///
/// # Panics
/// When the test does, or when the answers differ.
pub fn on_both_engines(test: impl Fn(&Server)) {
    compare(Engine::ALL.map(Place::fresh), test);
}

/// Runs `test` once for each engine, at the same time: what waits for programs to start and
/// end takes no longer for two than for one.
///
/// # Panics
/// When the test does.
pub fn on_each_engine(test: impl Fn(Engine) + Sync) {
    thread::scope(|scope| {
        let running = Engine::ALL.map(|engine| {
            scope.spawn({
                let test = &test;
                move || test(engine)
            })
        });
        for engine in running {
            engine.join().unwrap_or_else(|fault| resume_unwind(fault));
        }
    });
}

/// The same on databases that hold the whole Horizon 2020 data; the test must only read.
///
/// # Panics
/// When the test does, or when the answers differ.
pub fn on_both_engines_with_h2020(test: impl Fn(&Server)) {
    compare_shared(h2020::shared, test);
}

/// The same with the founding catalogue on top, as the demo has it.
///
/// # Panics
/// When the test does, or when the answers differ.
pub fn on_both_engines_with_catalogue(test: impl Fn(&Server)) {
    compare_shared(h2020::shared_with_catalogue, test);
}

fn compare_shared(server: impl Fn(Engine) -> &'static Server, test: impl Fn(&Server)) {
    let [sqlite, postgres] = Engine::ALL.map(|engine| {
        let server = server(engine);
        let recording = Arc::new(Recording::default());
        test(&server.recorded(&recording));
        recording
    });
    sqlite.must_equal(&postgres);
}

fn compare(places: [Place; 2], test: impl Fn(&Server)) {
    let [sqlite, postgres] = places.map(|place| {
        let server = Server::start(place);
        test(&server);
        server.recording()
    });
    sqlite.must_equal(&postgres);
}
