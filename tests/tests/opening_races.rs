//! Opening an account at the very moment it gets another password, is shut or erased: no session
//! is left of what was good before, and what was found out before is looked at once more.

use chrono::{TimeDelta, Utc};
use consortia_tests::people::{ACCOUNTS, PASSWORD, SESSIONS, account, administrator, log_in};
use consortia_tests::raw::{connect, read_to_close};
use consortia_tests::{Answer, Client, Place, Server, on_each_engine};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const TOKENS: &str = "/api/v1/read-tokens";

const ROUNDS: u32 = 24;
/// Those who open it at the same time; as many renew a session each that there was before.
const OPENING: usize = 3;
/// What the account may be shut by.
const WAYS: u32 = 4;

fn renew(client: &Client, opened: &Value) -> Answer {
    let body = json!({"refresh_token": opened["refresh_token"]});
    client.without_token().post(&format!("{SESSIONS}/renewals"), &body)
}

/// Ends what the old password was good for: by its holder, an administrator on the machine, or
/// over HTTP.
fn shut(place: &Place, [holder, admin]: [&Client; 2], (at, name): (&str, &str), round: u32) {
    match round % WAYS {
        0 => {
            let body = json!({"current_password": PASSWORD, "password": "quite other words"});
            let own = format!("{ACCOUNTS}/me/password");
            holder.request("PUT", &own).json(&body).send().expect(204);
        }
        1 => drop(place.run_with(&["user", "password", name], "words from the machine\n")),
        2 => {
            let tag = admin.get(at).expect(200).etag().to_owned();
            admin.patch(at, &tag, &json!({"disabled": true})).expect(200);
        }
        _ => drop(admin.delete(at, "*").expect(200)),
    }
}

#[test]
fn no_session_outlives_what_it_was_opened_with() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let (client, admin) = (api.unrecorded(), administrator(&api).unrecorded());
        let mut opened_in_all = 0;
        for round in 0..ROUNDS {
            let name = format!("anna{round}");
            let at = account(&api, &name, "editor", &[]).header("location").to_owned();
            let open = || log_in(&client, &name, PASSWORD);
            let holder = open().expect(201).json();
            let holder = client.with_token(holder["access_token"].as_str().expect("a token"));
            let before: Vec<Value> = (0..OPENING).map(|_| open().expect(201).json()).collect();
            let together = Barrier::new(2 * OPENING + 1);
            let answers: Vec<Answer> = thread::scope(|scope| {
                let opening = (0..OPENING).map(|_| {
                    scope.spawn(|| {
                        together.wait();
                        // One after the other, so that some come before it, some meanwhile.
                        vec![open(), open(), open()]
                    })
                });
                let opening: Vec<_> = opening.collect();
                let renewing = before.iter().map(|session| {
                    let (client, together) = (&client, &together);
                    scope.spawn(move || {
                        together.wait();
                        thread::sleep(Duration::from_millis(u64::from(round)));
                        vec![renew(client, session)]
                    })
                });
                let renewing: Vec<_> = renewing.collect();
                together.wait();
                thread::sleep(Duration::from_millis(u64::from(round * 2)));
                shut(api.place(), [&holder, &admin], (&at, &name), round);
                let all = opening.into_iter().chain(renewing);
                all.flat_map(|one| one.join().expect("no panic")).collect()
            });
            let opened = answers.iter().filter(|answer| answer.status == 201);
            for session in opened.map(Answer::json) {
                opened_in_all += 1;
                let bearer = session["access_token"].as_str().expect("a token");
                let me = client.with_token(bearer).get(&format!("{ACCOUNTS}/me"));
                assert_eq!(me.status, 401, "{engine:?}, round {round}: {}", me.text());
                let renewed = renew(&client, &session);
                assert_eq!(renewed.status, 401, "{engine:?}, round {round}: {}", renewed.text());
            }
        }
        assert!(opened_in_all > ROUNDS, "{engine:?}: too few were opened in time");
    });
}

/// A request whose body is on its way.
struct Late {
    connection: TcpStream,
    rest: String,
}

impl Late {
    fn begin(api: &Server, token: &str, (method, at): (&str, &str), body: &Value) -> Self {
        let body = body.to_string();
        let (begun, rest) = body.split_at(10);
        let head = format!(
            "{method} {at} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n\
             If-Match: *\r\nContent-Length: {}\r\n\r\n{begun}",
            body.len()
        );
        let mut connection = connect(api.base());
        connection.write_all(head.as_bytes()).expect("sent");
        thread::sleep(Duration::from_millis(500));
        Self { connection, rest: rest.to_owned() }
    }

    /// Sends what is left; the whole answer.
    fn end(&mut self) -> String {
        self.connection.write_all(self.rest.as_bytes()).expect("sent");
        read_to_close(&mut self.connection)
    }
}

#[test]
fn what_arrives_after_its_session_ended_is_refused() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        account(&api, "anna", "staff", &[]);
        let until = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
        let own_password = format!("{ACCOUNTS}/me/password");
        for (method, at, body) in [
            ("POST", TOKENS, json!({"label": "A", "scopes": ["quality"], "expires_at": until})),
            (
                "PUT",
                &own_password,
                json!({"current_password": PASSWORD, "password": "quite other words"}),
            ),
        ] {
            let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
            let token = opened["access_token"].as_str().expect("one");
            let mut late = Late::begin(&api, token, (method, at), &body);
            let holder = api.anonymous().with_token(token);
            holder.request("DELETE", &format!("{SESSIONS}/current")).send().expect(204);
            let answer = late.end();
            assert!(answer.starts_with("HTTP/1.1 401"), "{engine:?}: {answer}");
            assert!(answer.contains("its session has ended"), "{engine:?}: {answer}");
        }
        assert_eq!(api.place().query("SELECT count(*) FROM read_tokens"), ["0"], "{engine:?}");
        log_in(api.client(), "anna", PASSWORD).expect(201);
    });
}

#[test]
fn what_arrives_after_rights_were_taken_away_is_refused() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let admin = administrator(&api);
        let at = account(&api, "bob", "admin", &[]).header("location").to_owned();
        let opened = log_in(api.client(), "bob", PASSWORD).expect(201).json();
        let token = opened["access_token"].as_str().expect("one");
        let another =
            json!({"name": "eve", "role": "admin", "organisations": [], "password": PASSWORD});
        let mut late = [
            Late::begin(&api, token, ("PATCH", &at), &json!({"role": "admin"})),
            Late::begin(&api, token, ("POST", ACCOUNTS), &another),
        ];
        admin.patch(&at, "*", &json!({"role": "staff"})).expect(200);
        for late in &mut late {
            let answer = late.end();
            assert!(answer.starts_with("HTTP/1.1 403"), "{engine:?}: {answer}");
            assert!(answer.contains("was changed meanwhile"), "{engine:?}: {answer}");
        }
        assert_eq!(admin.get(&at).json()["role"], "staff", "{engine:?}");
        assert_eq!(admin.get(ACCOUNTS).total(), 1, "{engine:?}: eve has none");
        // So of two administrators who take the role from one another one keeps it.
        let names = ["anna", "bice"];
        let made =
            names.map(|name| account(&api, name, "admin", &[]).header("location").to_owned());
        let tokens = names.map(|name| log_in(api.client(), name, PASSWORD).expect(201).json());
        let mut late = [0, 1].map(|n| {
            let token = tokens[n]["access_token"].as_str().expect("one");
            Late::begin(&api, token, ("PATCH", &made[1 - n]), &json!({"role": "editor"}))
        });
        let answers = late.each_mut().map(Late::end);
        assert!(answers[0].starts_with("HTTP/1.1 200"), "{engine:?}: {}", answers[0]);
        assert!(answers[1].starts_with("HTTP/1.1 403"), "{engine:?}: {}", answers[1]);
    });
}

/// Queues these one after the other while nobody can write; what they come to, in that order.
fn queued(api: &Server, asking: &[&(dyn Fn() -> Answer + Sync)]) -> Vec<Answer> {
    thread::scope(|scope| {
        scope.spawn(|| api.place().hold_writes(Duration::from_secs(3)));
        thread::sleep(Duration::from_millis(500));
        let asked = asking.iter().map(|ask| {
            let asked = scope.spawn(ask);
            // As long as it takes to hash a password and then to wait for writing.
            thread::sleep(Duration::from_millis(700));
            asked
        });
        let asked: Vec<_> = asked.collect();
        asked.into_iter().map(|one| one.join().expect("no panic")).collect()
    })
}

#[test]
fn of_two_administrators_who_erase_themselves_at_once_one_stays() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let [(anna, hers), (bice, hers_too)] = ["anna", "bice"].map(|name| {
            let at = account(&api, name, "admin", &[]).header("location").to_owned();
            let opened = log_in(api.client(), name, PASSWORD).expect(201).json();
            let token = opened["access_token"].as_str().expect("one").to_owned();
            (api.unrecorded().with_token(&token), at)
        });
        // More than is thrown away in one part, between two of which others write.
        for n in 0..40 {
            let draft = json!({"kind": "source", "content": {"title": format!("Page {n}")}});
            anna.post("/api/v1/drafts", &draft).expect(201);
        }
        let erased = queued(&api, &[&|| anna.delete(&hers, "*"), &|| bice.delete(&hers_too, "*")]);
        erased[1].clone().expect(200);
        erased[0].problem(409, "last_administrator");
        let left = anna.get(&format!("{ACCOUNTS}/me")).expect(200).json();
        assert_eq!(left["role"], "admin", "{engine:?}");
        // It had begun before.
        let kept = api.place().query("SELECT count(*) FROM draft_revisions");
        assert_eq!(kept, ["8"], "{engine:?}: of 40 versions one part is gone");
    });
}

#[test]
fn a_password_is_not_changed_once_its_name_is_locked() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let client = api.unrecorded();
        account(&api, "anna", "editor", &[]);
        let opened = log_in(&client, "anna", PASSWORD).expect(201).json();
        let anna = client.with_token(opened["access_token"].as_str().expect("one"));
        for _ in 0..9 {
            log_in(&client, "anna", "not her words").problem(401, "invalid_credentials");
        }
        let own = format!("{ACCOUNTS}/me/password");
        let body = json!({"current_password": PASSWORD, "password": "quite other words"});
        let answers = queued(
            &api,
            &[&|| log_in(&client, "anna", "not her words"), &|| {
                anna.request("PUT", &own).json(&body).send()
            }],
        );
        answers[0].problem(401, "invalid_credentials");
        answers[1].problem(401, "invalid_credentials");
        api.place().run(&["user", "set", "anna", "--open"]);
        log_in(&client, "anna", "quite other words").problem(401, "invalid_credentials");
        log_in(&client, "anna", PASSWORD).expect(201);
    });
}
