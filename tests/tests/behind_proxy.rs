//! The topology of `deploy/`: two servers on one PostgreSQL behind nginx, watched by Prometheus,
//! with the very configurations that ship.

use consortia_tests::samples::{PROJECTS, project};
use consortia_tests::{Answer, Client, Engine, Place, Server, program};
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
        let address = free_address();
        let shipped = program::repository().join("deploy/nginx.conf");
        let mut text = fs::read_to_string(shipped).expect("the configuration");
        for (name, server) in ["api-1:8080", "api-2:8080"].into_iter().zip(servers) {
            assert_eq!(text.matches(name).count(), 1, "{name}");
            text = text.replace(name, server.base().trim_start_matches("http://"));
        }
        text = text.replace("listen 80;", &format!("listen {address};"));
        text = text.replace("/var/log/nginx/", "");
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

/// Prometheus, killed when dropped.
struct Prometheus {
    child: Child,
    client: Client,
    _folder: TempDir,
}

impl Prometheus {
    /// Watches servers that give metrics on these addresses.
    fn start(watched: [&str; 2]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (address, root) = (free_address(), program::repository());
        let shipped = fs::read_to_string(root.join("deploy/prometheus.yml"));
        let mut text = shipped.expect("the configuration").replace("15s", "1s");
        for (name, address) in ["api-1:9464", "api-2:9464"].into_iter().zip(watched) {
            assert_eq!(text.matches(name).count(), 1, "{name}");
            text = text.replace(name, address);
        }
        fs::write(folder.path().join("prometheus.yml"), text).expect("written");
        let alerts = folder.path().join("alerts.yml");
        fs::copy(root.join("docs/operations/alerts.yml"), alerts).expect("the rules");
        let child = Command::new("prometheus")
            .current_dir(folder.path())
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .args([&format!("--web.listen-address={address}"), "--log.level=error"])
            .spawn()
            .unwrap_or_else(|fault| {
                panic!(
                    "Prometheus cannot be started ({fault}). Install it, on Debian: apt-get \
                     install --no-install-recommends prometheus"
                )
            });
        let client = Client::new(&format!("http://{address}"));
        Self { child, client, _folder: folder }
    }

    /// How many servers it finds up.
    fn up(&self) -> usize {
        let asked = self.client.request("GET", "/api/v1/query?query=up==1").try_send();
        let found = asked.filter(|answer| answer.status == 200).map(|answer| answer.json());
        found.and_then(|found| found["data"]["result"].as_array().map(Vec::len)).unwrap_or(0)
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on.
fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    free.local_addr().expect("its address").to_string()
}

/// A server that is found at the same addresses when it was started again.
fn fixed(place: Place, address: &str, metrics: &str) -> Server {
    let settings = [
        ("CONSORTIA_LISTEN", address),
        ("CONSORTIA_METRICS_LISTEN", metrics),
        ("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1"),
        ("CONSORTIA_RATE_LIMIT_TOKEN", "0"),
    ];
    Server::start_with(place, &settings)
}

/// As on a shared volume: what one signs, the other accepts.
fn share_key(of: &Server, with: &Place) {
    let key = "signing-key.pem";
    fs::copy(of.place().folder().join(key), with.folder().join(key)).expect("the key");
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
    share_key(&first, &other);
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

/// Sends `request` until it is answered with `status`, as a client does that may repeat it.
fn insist(status: u16, request: impl Fn() -> Option<Answer>) -> Answer {
    for _ in 0..200 {
        if let Some(answer) = request().filter(|answer| answer.status == status) {
            return answer;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("no retry cures it; the last answer was {:?}", request())
}

#[test]
fn servers_killed_under_load_lose_nothing_that_a_retry_does_not_cure() {
    let [at, other_at, metrics, other_metrics] = [(); 4].map(|()| free_address());
    let mut first = fixed(Place::fresh(Engine::Postgres), &at, &metrics);
    let other = Place::at(first.place().url());
    share_key(&first, &other);
    let mut second = fixed(other, &other_at, &other_metrics);
    let proxy = Proxy::start([&first, &second]);
    let prometheus = Prometheus::start([&metrics, &other_metrics]);
    let client = proxy.client.with_token(&first.token("staff"));
    let (ended, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for writer in 0..3 {
            let (client, ended, made) = (&client, &ended, &made);
            scope.spawn(move || {
                for n in 0.. {
                    let name = format!("W{writer}-{n}");
                    let answer = insist(201, || {
                        let request = client.request("POST", PROJECTS);
                        let request = request.header("Idempotency-Key", &name);
                        request.json(&project(&name, "2020")).try_send()
                    });
                    made.fetch_add(1, Ordering::SeqCst);
                    let read = || client.request("GET", answer.header("location")).try_send();
                    assert_eq!(insist(200, read).json()["acronym"], name);
                    if ended.load(Ordering::SeqCst) {
                        return;
                    }
                }
            });
        }
        for server in [&mut first, &mut second] {
            thread::sleep(Duration::from_millis(500));
            server.kill();
            thread::sleep(Duration::from_millis(500));
            server.restart();
            // Until nginx tries it again.
            thread::sleep(Duration::from_secs(6));
        }
        ended.store(true, Ordering::SeqCst);
    });
    let made = made.into_inner() as u64;
    assert!(made > 20, "{made}");
    assert_eq!(client.get(PROJECTS).expect(200).total(), made, "each once");
    let deadline = Instant::now() + Duration::from_secs(30);
    while prometheus.up() != 2 {
        assert!(Instant::now() < deadline, "Prometheus sees {} of 2", prometheus.up());
        thread::sleep(Duration::from_millis(200));
    }
}
