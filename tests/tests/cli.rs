//! The command line: what a newcomer and an administrator type.

use consortia_tests::{Engine, Place, Server};
use serde_json::json;
#[cfg(unix)]
use std::fs::{self, OpenOptions, Permissions};
#[cfg(unix)]
use std::io::{Read as _, Write as _};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
#[cfg(unix)]
use std::process::{Command, Stdio};

fn output(place: &Place, arguments: &[&str]) -> (Output, String) {
    let output = place.command(arguments).output().expect("consortia starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

#[test]
fn alone_it_helps() {
    let place = Place::empty(Engine::Sqlite);
    let (output, text) = output(&place, &[]);
    assert!(output.status.success(), "{text}");
    assert!(text.lines().count() <= 40, "short: {text}");
    for command in ["consortia demo", "consortia serve", "consortia help"] {
        assert!(text.contains(command), "{command} in {text}");
    }
    let help = place.run(&["help"]);
    for command in ["demo", "serve", "import", "backup", "restore", "migrate", "token", "doctor"] {
        assert!(help.contains(command), "{command} in {help}");
    }
    assert_eq!(std::fs::read_dir(place.folder()).expect("the folder").count(), 0, "it made files");
}

#[test]
fn help_and_version_are_there_for_every_command() {
    let place = Place::empty(Engine::Sqlite);
    assert!(place.run(&["--version"]).starts_with("consortia "));
    for command in ["demo", "serve", "import", "backup", "restore", "migrate", "token", "doctor"] {
        assert!(place.run(&[command, "--help"]).contains("Usage"), "{command}");
    }
}

#[test]
fn a_mistake_is_answered_with_a_remedy_and_a_failure() {
    let place = Place::empty(Engine::Sqlite);
    for (arguments, expected) in [
        (vec!["serv"], "serve"),
        (vec!["token", "--role", "king", "--subject", "a"], "editor"),
        (vec!["import", "cordis", "nowhere.zip"], "nowhere.zip"),
        (vec!["serve", "--listen", "nonsense"], "nonsense"),
        (vec!["token", "--subject", "a", "--expires", "soon"], "such as 8h"),
        (vec!["token", "--subject", "a", "--expires", "400d"], "365d"),
        (vec!["serve", "--set", "workers=many"], "workers"),
    ] {
        let (output, text) = output(&place, &arguments);
        assert!(!output.status.success(), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn a_setting_that_does_not_exist_is_refused() {
    let place = Place::empty(Engine::Sqlite);
    let mut command = place.command(&["doctor"]);
    let output = command.env("CONSORTIA_LISTENN", "x").output().expect("consortia starts");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("listenn") && text.contains("listen,"), "{text}");
}

#[test]
fn serve_works_with_no_configuration_at_all() {
    let place = Place::empty(Engine::Sqlite);
    let server = Server::start(place);
    assert_eq!(server.get("/api/v1/projects").expect(200).total(), 0);
    assert!(server.get("/api/v1/programmes").expect(200).total() > 0, "programmes ship with it");
}

#[test]
fn a_polite_end_is_a_success_and_a_restart_is_quick() {
    for engine in Engine::ALL {
        let mut server = Server::start(Place::fresh(engine));
        let status = server.stop();
        assert!(status.success(), "{engine:?}: {status}");
        server.restart();
        server.get("/health/ready").expect(200);
    }
}

#[test]
fn migrating_twice_is_migrating_once() {
    for engine in Engine::ALL {
        let place = Place::empty(engine);
        place.run(&["migrate"]);
        place.run(&["migrate"]);
        let server = Server::start(place);
        assert_eq!(server.get("/api/v1/organisations").expect(200).total(), 0);
    }
}

#[test]
fn the_document_printed_is_the_one_committed_and_served() {
    let place = Place::empty(Engine::Sqlite);
    let printed = place.run(&["openapi"]);
    let committed = consortia_tests::program::repository().join("openapi/openapi.json");
    let committed = std::fs::read_to_string(committed).expect("the committed document");
    assert_eq!(
        printed.trim_end(),
        committed.trim_end(),
        "run: consortia openapi > openapi/openapi.json"
    );
    let server = Server::start(place);
    let mut document = server.get("/openapi.json").expect(200).json();
    // Where it is served is said only by the server that serves it.
    document.as_object_mut().expect("an object").remove("servers");
    assert_eq!(document, serde_json::from_str::<serde_json::Value>(&printed).expect("JSON"));
}

#[test]
fn the_doctor_finds_a_healthy_place_healthy_and_says_what_ails_others() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        place.run(&["migrate"]);
        place.run(&["doctor"]);
    }
    let place = Place::at("postgres://nobody:secret@127.0.0.1:1/nothing");
    let (output, text) = output(&place, &["doctor"]);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("127.0.0.1") && !text.contains("secret"), "{text}");
}

#[test]
fn the_doctor_tells_a_server_that_runs_from_what_is_in_the_way() {
    for engine in Engine::ALL {
        let mut server = Server::start(Place::fresh(engine));
        let address = server.base().trim_start_matches("http://").to_owned();
        let doctor = |place: &Place| output(place, &["doctor", "--listen", &address]);
        let (found, text) = doctor(server.place());
        assert!(found.status.success(), "{engine:?}: {text}");
        assert!(text.contains(&format!("{address} is in use, and a server runs")), "{text}");
        assert!(text.ends_with("\nServed already: a server runs on this data directory.\n"));
        // Of another data directory the same address is not the server's.
        let (found, text) = doctor(&Place::fresh(engine));
        assert!(!found.status.success(), "{engine:?}: {text}");
        assert!(text.contains("1 to mend before serving") && text.contains("--listen"), "{text}");
        server.stop();
        let (found, text) = doctor(server.place());
        assert!(found.status.success() && text.ends_with("\nReady to serve.\n"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn the_doctor_looks_at_identity_providers_and_the_secrets_shared_with_them() {
    let place = Place::fresh(Engine::Sqlite);
    place.run(&["migrate"]);
    fs::set_permissions(place.folder(), Permissions::from_mode(0o700)).expect("it is ours");
    let (secret, list) = (place.folder().join("secret"), place.folder().join("issuers.toml"));
    fs::write(&secret, "a secret of thirty-two bytes or so").expect("a file");
    let listed = format!(
        "[[issuer]]\nurl = \"https://id.example.org\"\naudience = [\"consortia\"]\n\
         algorithms = [\"HS256\"]\nsecret_file = \"{}\"\nroles_claim = \"roles\"\nroles = {{}}\n",
        secret.display()
    );
    fs::write(&list, &listed).expect("a file");
    let setting = format!("issuers_file={}", list.display());
    let doctor = || output(&place, &["doctor", "--set", &setting]);
    let mend = format!("chmod 600 {}", secret.display());
    for (mode, open) in [(0o600, false), (0o640, true), (0o604, true)] {
        fs::set_permissions(&secret, Permissions::from_mode(mode)).expect("it is ours");
        let (found, text) = doctor();
        assert!(found.status.success(), "{text}");
        assert_eq!(text.contains(&mend), open, "{mode:o}: {text}");
    }
    fs::write(&list, listed.replace("HS256", "RS256")).expect("a file");
    let (found, text) = doctor();
    assert!(!found.status.success() && text.contains("expected HS256 here"), "{text}");
}

#[cfg(unix)]
#[test]
fn the_doctor_tells_what_is_open_to_others() {
    let place = Place::empty(Engine::Sqlite);
    place.run(&["migrate"]);
    place.run(&["key", "list"]);
    fs::set_permissions(place.folder(), Permissions::from_mode(0o700)).expect("it is ours");
    let doctor = || output(&place, &["doctor"]);
    let (found, text) = doctor();
    assert!(found.status.success() && !text.contains("is open to others"), "{text}");
    for (file, open, mend) in [
        ("", 0o750, "700"),
        ("registry.db", 0o640, "600"),
        ("registry.db-wal", 0o604, "600"),
        ("signing-key.pem", 0o644, "600"),
    ] {
        let path = if file.is_empty() { place.folder().into() } else { place.folder().join(file) };
        if !file.is_empty() {
            // SQLite puts its log away when nobody needs it; an empty one says nothing.
            OpenOptions::new().append(true).create(true).open(&path).expect("a file");
        }
        let before = fs::metadata(&path).expect("it is there").permissions();
        fs::set_permissions(&path, Permissions::from_mode(open)).expect("it is ours");
        let (found, text) = doctor();
        let is_key = file.ends_with("pem");
        assert_eq!(found.status.success(), !is_key, "{text}");
        let command = format!("chmod {mend} {}", path.display());
        let told = text.lines().find(|line| line.contains(&command)).unwrap_or_default();
        assert!(told.contains(if is_key { "BAD" } else { "warning" }), "{text}");
        assert!(told.contains(&format!("mode {open:o}")), "{text}");
        if path.exists() {
            fs::set_permissions(&path, before).expect("it is ours");
        }
    }
    let new = place.folder().join("new").join("data");
    place.run(&["key", "list", "--data-dir", &new.display().to_string()]);
    let mode = fs::metadata(&new).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "what the program makes is private");
}

#[test]
fn what_looks_after_a_registry_begins_none_elsewhere() {
    let commands: [&[&str]; 18] = [
        &["backup", "registry.zip"],
        &["contact", "erase", "anna@example.org"],
        &["contact", "export", "anna@example.org"],
        &["export", "bundle"],
        &["export", "bundle", "registry.ndjson"],
        &["export", "workbook", "registry.xlsx"],
        &["export", "workbook", "--template", "form.xlsx"],
        &["key", "list"],
        &["key", "retire", "0123456789abcdef"],
        &["key", "rotate"],
        &["migrate", "--revert"],
        &["migrate", "--status"],
        &["token", "--subject", "script"],
        &["user", "erase", "anna"],
        &["user", "export", "anna"],
        &["user", "list"],
        &["user", "password", "anna"],
        &["user", "set", "anna", "--shut"],
    ];
    for engine in Engine::ALL {
        let place = Place::empty(engine);
        for arguments in commands {
            let mut mistyped = place.command(arguments);
            mistyped.args(["--data-dir", "mistyped"]);
            let mut at = vec![place.url().rsplit('/').next().expect("a name")];
            if engine == Engine::Sqlite {
                // The database is in the data directory then.
                mistyped.env_remove("CONSORTIA_DATABASE_URL");
                at = vec!["mistyped", ".db"];
            }
            let output = mistyped.output().expect("consortia starts");
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
            assert!(told.contains("no registry"), "{arguments:?}: {told}");
            assert!(at.iter().all(|part| told.contains(part)), "{at:?}, {arguments:?}: {told}");
            let files = std::fs::read_dir(place.folder()).expect("the folder");
            assert_eq!(files.count(), 0, "{arguments:?} made files");
            if let Some(database) = place.database() {
                let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
                assert_eq!(database.query(tables), "0", "{arguments:?} made tables");
            }
        }
        // The first account may be opened before anything else.
        place.run_with(&["user", "add", "bice", "--role", "admin"], "a few words nobody knows");
        assert!(place.run(&["user", "list"]).contains("bice"));
        place.run(&["token", "--subject", "script"]);
    }
}

#[test]
fn whoever_leaves_nobody_to_administer_is_warned() {
    let place = Place::empty(Engine::Sqlite);
    for (name, role) in [("anna", "editor"), ("bice", "admin")] {
        place.run_with(&["user", "add", name, "--role", role], "a few words nobody knows");
    }
    for (arguments, warned) in [
        (&["user", "set", "anna", "--shut"][..], false),
        (&["user", "set", "anna", "--open"], false),
        (&["user", "set", "bice", "--role", "editor"], true),
        (&["user", "set", "bice", "--role", "editor"], false),
        (&["user", "set", "bice", "--role", "admin"], false),
        (&["user", "set", "bice", "--shut"], true),
        (&["user", "set", "anna", "--role", "admin"], false),
        (&["user", "set", "bice", "--open"], false),
        (&["user", "erase", "anna"], false),
        (&["user", "erase", "bice"], true),
    ] {
        let (output, text) = output(&place, arguments);
        assert!(output.status.success(), "{arguments:?}: {text}");
        let told = text.contains("Nobody is administrator") && text.contains("--role admin");
        assert_eq!(told, warned, "{arguments:?}: {text}");
    }
}

#[test]
fn the_demo_keeps_its_hands_off_data_that_is_not_its_own() {
    let mut server = Server::start(Place::fresh(Engine::Sqlite));
    server.create("/api/v1/projects", &json!({"acronym": "MINE"}));
    let stopped = server.stop();
    assert!(stopped.success());
    let (output, text) = output(server.place(), &["demo"]);
    assert!(!output.status.success());
    assert!(text.contains("consortia serve") && text.contains("--data-dir"), "{text}");
    server.restart();
    assert_eq!(server.get("/api/v1/projects").expect(200).total(), 1);
}

/// What a terminal shows when `answers` are typed, each once it was asked for.
#[cfg(unix)]
fn at_a_terminal(place: &Place, arguments: &[&str], answers: &[&str]) -> String {
    let mut typed = Command::new("script");
    typed.args(["--quiet", "--echo", "never", "--return", "--command"]);
    let consortia = place.command(arguments);
    let words = std::iter::once(consortia.get_program()).chain(consortia.get_args());
    let words: Vec<_> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
    typed.arg(words.join(" ")).arg("/dev/null");
    typed.envs(consortia.get_envs().filter_map(|(name, value)| Some((name, value?))));
    typed.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut typed = typed.spawn().expect("script starts (package bsdutils)");
    let mut keyboard = typed.stdin.take().expect("a pipe");
    let mut screen = typed.stdout.take().expect("a pipe");
    let mut shown = Vec::new();
    let mut answers = answers.iter();
    let mut byte = [0];
    while screen.read(&mut byte).expect("it shows something") > 0 {
        shown.extend(byte);
        if shown.ends_with(b": ")
            && let Some(answer) = answers.next()
        {
            keyboard.write_all(format!("{answer}\n").as_bytes()).expect("typed");
        }
    }
    typed.wait().expect("it ends");
    String::from_utf8_lossy(&shown).into_owned()
}

#[cfg(unix)]
#[test]
fn a_password_is_not_shown_and_asked_for_twice() {
    let place = Place::empty(Engine::Sqlite);
    let add = ["user", "add", "anna", "--role", "admin"];
    let [one, another] = ["a few words nobody knows", "a few words nobody knew"];
    let shown = at_a_terminal(&place, &add, &[one, another]);
    assert!(shown.contains("The two differ"), "{shown}");
    assert_eq!(place.run(&["user", "list"]), "");
    let shown = at_a_terminal(&place, &add, &[one, one]);
    assert!(shown.contains("Opened the account 'anna'"), "{shown}");
    assert!(!shown.contains("nobody"), "{shown}");
    let api = Server::start(place);
    let opened = json!({"name": "anna", "password": one});
    api.post("/api/v1/sessions", &opened).expect(201);
}

#[test]
fn the_demo_leaves_the_registry_of_somebody_else_alone() {
    let mut api = Server::start(Place::empty(Engine::Sqlite));
    let own = json!({"names": [{"value": "Fondazione Esempio", "kind": "legal"}]});
    let own = api.post("/api/v1/organisations", &own).expect(201);
    api.stop();
    let (refused, text) = output(api.place(), &["demo"]);
    assert!(!refused.status.success(), "{text}");
    assert!(text.contains("not the demo's (projects: 0, organisations: 1)"), "{text}");
    assert!(text.contains("--data-dir ./demo-data"), "{text}");
    api.restart();
    assert_eq!(api.get("/api/v1/organisations").expect(200).total(), 1);
    api.get(own.header("location")).expect(200);
}
