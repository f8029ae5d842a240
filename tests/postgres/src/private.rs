//! A server of our own: started, supervised, stopped and removed.

use crate::programs;
use std::fs;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Runs the server until the test process is gone, then removes every trace of it.
///
/// `$1` programs, `$2` folder, `$3` port, `$4` the port of the server it is to follow or empty, the
/// rest settings. Standard input is a pipe that
/// only the test process holds open, so reading ends when that process does, even by SIGKILL;
/// until then each line of it says what is to become of the server.
const SUPERVISOR: &str = r#"
programs=$1 folder=$2 port=$3 primary=$4
shift 4
if [ -z "$primary" ]; then
    "$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync
else
    "$programs/pg_basebackup" --pgdata="$folder/data" --host=127.0.0.1 --port="$primary" \
        --username=postgres --no-password --write-recovery-conf --checkpoint=fast --no-sync
fi >"$folder/log" 2>&1 || exit 1
serve() {
    "$programs/postgres" -D "$folder/data" -p "$port" "$@" >>"$folder/log" 2>&1 </dev/null &
    server=$!
}
serve "$@"
while read -r wish; do
    case $wish in
        stop) kill -INT "$server"; wait "$server" ;;
        start) serve "$@" ;;
    esac
done
kill -QUIT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$folder"
"#;

/// What a private cluster is started with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Commits reach the disk, as in production. Off for tests of anything else.
    pub durable: bool,
    /// Serves TLS with a certificate of its own; see [`Cluster::certificate`].
    pub tls: bool,
    /// The folder, open to all, to make its own in; that for temporary files when it is `None`.
    pub within: Option<&'static Path>,
}

/// The cluster that a standby follows, and by way of which replication slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Primary {
    pub(crate) port: u16,
    pub(crate) slot: Option<&'static str>,
}

/// The parts of a cluster that this process started itself.
#[derive(Debug)]
pub(crate) struct Private {
    supervisor: Child,
    folder: PathBuf,
    port: u16,
}

impl Private {
    /// Starts a server, of its own or as a standby.
    pub(crate) fn start(settings: Settings, follows: Option<Primary>) -> Result<Self, String> {
        let programs = programs::server_folder()?;
        let owner = unprivileged_user();
        let folder = make_folder(settings.within, owner)
            .map_err(|fault| format!("No temporary folder for PostgreSQL: {fault}"))?;
        if settings.tls {
            make_certificate(&folder, owner)?;
        }
        let port = free_port().map_err(|fault| format!("No free port on 127.0.0.1: {fault}"))?;
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(&programs)
            .arg(&folder)
            .arg(port.to_string())
            .arg(follows.map(|primary| primary.port.to_string()).unwrap_or_default())
            .args(arguments(settings, follows, &folder))
            // Its disk may be unmounted while the server is stopped.
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Its own group: Ctrl-C at the tests must not end it before it has cleaned up.
            .process_group(0)
            .as_user(owner)
            .spawn()
            .map_err(|fault| format!("PostgreSQL's supervisor did not start: {fault}"))?;
        Ok(Self { supervisor, folder, port })
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Tells the supervisor to `stop` the server or to `start` it again.
    pub(crate) fn wish(&self, wish: &str) -> Result<(), String> {
        let pipe = self.supervisor.stdin.as_ref();
        let mut pipe = pipe.ok_or_else(|| "PostgreSQL's supervisor has no pipe".to_owned())?;
        writeln!(pipe, "{wish}").map_err(|fault| format!("PostgreSQL's supervisor: {fault}"))
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.supervisor.try_wait(), Ok(Some(_)))
    }

    /// What the server wrote about itself.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    pub(crate) fn certificate(&self) -> Option<PathBuf> {
        let path = self.folder.join("server.crt");
        path.is_file().then_some(path)
    }

    pub(crate) fn process_id(&self) -> Option<u32> {
        let file = self.folder.join("data/postmaster.pid");
        let id: u32 = fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()?;
        // One that stops itself leaves the file where it cannot write, and has no command line.
        let command = fs::read(format!("/proc/{id}/cmdline"));
        command.is_ok_and(|command| !command.is_empty()).then_some(id)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // Closing the pipe is the supervisor's sign to stop the server and clean up.
        drop(self.supervisor.stdin.take());
        if let Err(fault) = self.supervisor.wait() {
            eprintln!("PostgreSQL's supervisor could not be waited for: {fault}");
        }
        // When initdb failed there was no server to stop, and the log was left for us.
        if self.folder.exists()
            && let Err(fault) = fs::remove_dir_all(&self.folder)
        {
            eprintln!("{} was not removed: {fault}", self.folder.display());
        }
    }
}

/// Command-line settings of the server.
fn arguments(settings: Settings, follows: Option<Primary>, folder: &Path) -> Vec<String> {
    // A socket's path is limited to 107 bytes; without one, TCP on loopback still serves.
    let socket = folder.to_string_lossy();
    let socket = if socket.len() < 80 { socket.into_owned() } else { String::new() };
    let mut wanted = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={socket}"),
        "max_connections=200".to_owned(),
        "shared_buffers=128MB".to_owned(),
        "max_wal_size=2GB".to_owned(),
        "timezone=UTC".to_owned(),
    ];
    if !settings.durable {
        let careless = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
        wanted.extend(careless.map(str::to_owned));
    }
    if settings.tls {
        wanted.push("ssl=on".to_owned());
        for (name, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
            wanted.push(format!("{name}={}", folder.join(file).display()));
        }
    }
    if let Some(primary) = follows {
        let told = ["hot_standby_feedback=on", "wal_receiver_status_interval=1s"];
        wanted.extend(told.map(str::to_owned));
        wanted.extend(primary.slot.map(|slot| format!("primary_slot_name={slot}")));
    }
    wanted.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// User and group to run the server as when this process is root, which it refuses.
fn unprivileged_user() -> Option<(u32, u32)> {
    let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let found = fields.next() == Some(wanted);
            let user = fields.nth(1)?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            found.then_some((user, group))
        })
    };
    Some(find("postgres").or_else(|| find("nobody")).unwrap_or((65534, 65534)))
}

/// Running a command as somebody else, or as oneself.
trait AsUser {
    fn as_user(&mut self, user: Option<(u32, u32)>) -> &mut Self;
}

impl AsUser for Command {
    fn as_user(&mut self, user: Option<(u32, u32)>) -> &mut Self {
        if let Some((user, group)) = user {
            self.uid(user).gid(group);
        }
        self
    }
}

fn make_folder(within: Option<&Path>, owner: Option<(u32, u32)>) -> io::Result<PathBuf> {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("consortia-pg-{}-{:x}-{number}", process::id(), started.subsec_nanos());
    let folder = within.map_or_else(std::env::temp_dir, Path::to_owned).join(name);
    fs::create_dir(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
    if let Some((user, group)) = owner {
        chown(&folder, Some(user), Some(group))?;
    }
    Ok(folder)
}

/// A port nobody listens on just now.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A self-signed certificate for loopback, by the `openssl` that Debian's PostgreSQL brings.
fn make_certificate(folder: &Path, owner: Option<(u32, u32)>) -> Result<(), String> {
    let output = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "server.key", "-out", "server.crt"])
        .current_dir(folder)
        .as_user(owner)
        .output()
        .map_err(|fault| format!("openssl did not start ({fault}); install it (openssl)"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("openssl made no certificate: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
