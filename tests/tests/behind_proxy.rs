//! The topology of `deploy/`: two servers on one PostgreSQL behind nginx, with the very
//! configuration that ships.

use consortia_tests::samples::{PROJECTS, project};
use consortia_tests::{Client, Engine, Place, Server, program};
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// nginx, ended when dropped.
struct Proxy {
    child: Child,
    client: Client,
    _folder: TempDir,
}

impl Proxy {
    fn start(servers: [&Server; 2]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("its address").to_string();
        drop(free);
        let shipped = program::repository().join("deploy/nginx.conf");
        let mut text = fs::read_to_string(shipped).expect("the configuration");
        for (name, server) in ["api-1:8080", "api-2:8080"].into_iter().zip(servers) {
            assert_eq!(text.matches(name).count(), 1, "{name}");
            text = text.replace(name, server.base().trim_start_matches("http://"));
        }
        text = text.replace("listen 80;", &format!("listen {address};"));
        // What a system's nginx has elsewhere.
        let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let places = places.map(|name| format!("    {name}_temp_path {name};\n")).concat();
        text = text.replacen("http {\n", &format!("http {{\n{places}"), 1);
        fs::write(folder.path().join("nginx.conf"), text).expect("written");
        let child = Command::new(nginx())
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .args(["-g", "daemon off; pid nginx.pid;"])
            .spawn()
            .unwrap_or_else(|fault| {
                panic!(
                    "nginx cannot be started ({fault}). Install it, on Debian: apt-get install \
                     --no-install-recommends nginx-light"
                )
            });
        let client = Client::new(&format!("http://{address}"));
        let proxy = Self { child, client, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(30);
        while proxy.client.try_status("/health/ready") != Some(200) {
            assert!(Instant::now() < deadline, "nginx does not serve");
            thread::sleep(Duration::from_millis(20));
        }
        proxy
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGTERM, which it passes on to its workers. Already gone is as good.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Debian keeps it where only root looks.
fn nginx() -> &'static str {
    if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" }
}

#[test]
fn two_servers_behind_nginx_serve_as_one_while_one_is_replaced() {
    let settings =
        [("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1"), ("CONSORTIA_METRICS_LISTEN", "127.0.0.1:0")];
    let mut first = Server::start_with(Place::fresh(Engine::Postgres), &settings);
    let other = Place::at(first.place().url());
    // As on a shared volume: what one signs, the other accepts.
    fs::copy(
        first.place().folder().join("signing-key.pem"),
        other.folder().join("signing-key.pem"),
    )
    .expect("the key");
    let second = Server::start_with(other, &settings);
    let proxy = Proxy::start([&first, &second]);
    let client = proxy.client.with_token(&first.token("staff"));

    for n in 0..20 {
        let made = client.post(PROJECTS, &project(&format!("P{n}"), "2020")).expect(201);
        // Whichever server answers next, it knows.
        let read = client.get(made.header("location")).expect(200);
        assert_eq!(read.etag(), made.etag());
        assert_eq!(read.json(), made.json());
    }
    for server in [&first, &second] {
        assert!(server.log().contains(PROJECTS), "both have work:\n{}", server.log());
    }
    let answer = client.request("GET", PROJECTS).header("X-Request-Id", "through-nginx").send();
    assert_eq!(answer.expect(200).header("x-request-id"), "through-nginx");
    let lines = client.get(&format!("{PROJECTS}?format=ndjson")).expect(200).text();
    assert_eq!(lines.lines().count(), 20);
    client.get("/metrics").expect(404);

    // Nobody notices that one is killed, or stopped and started again.
    first.kill();
    for _ in 0..30 {
        client.get(PROJECTS).expect(200);
    }
    first.restart();
    assert_eq!(client.get(PROJECTS).expect(200).total(), 20);
}
