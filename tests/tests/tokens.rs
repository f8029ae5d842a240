//! Tokens that strangers, thieves and outside identity providers send.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use consortia_tests::people::ACCOUNTS;
use consortia_tests::provider::{Key, Provider, base64url, ed25519_spki, now};
use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Client, Engine, Place, Server, on_both_engines, on_each_engine};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

/// A list of identity providers with one, in the folder of `place`.
pub(crate) fn issuers(place: &Place, url: &str, more: &str) -> PathBuf {
    let path = place.folder().join("issuers.toml");
    let text = format!(
        "[[issuer]]\nurl = \"{url}\"\naudience = [\"registry\"]\n\
         roles_claim = \"realm_access.roles\"\n\
         roles = {{ \"registry-editor\" = \"editor\", \"registry-admin\" = \"admin\" }}\n{more}\n"
    );
    fs::write(&path, text).expect("a file");
    path
}

fn server(engine: Engine, provider: &Provider, more: &str) -> Server {
    let place = Place::fresh(engine);
    let path = issuers(&place, &provider.url, more);
    Server::start_with(place, &[("CONSORTIA_ISSUERS_FILE", path.to_str().expect("UTF-8"))])
}

fn me(client: &Client, token: &str) -> consortia_tests::Answer {
    client.with_token(token).get(&format!("{ACCOUNTS}/me"))
}

/// A token with this header and these claims, signed by nobody who should.
fn forged(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    format!("{}.{}.{}", part(header), part(claims), base64url(signature))
}

#[test]
fn people_of_an_outside_provider_come_in_with_their_roles() {
    for engine in Engine::ALL {
        let key = Key::rsa("one", 2048);
        let provider = Provider::start(&[&key]);
        let api = server(engine, &provider, "");
        let client = api.unrecorded();
        let token = key.sign(&provider.claims("f3a1|Anna", "registry-editor"));
        let anna = client.with_token(&token);
        anna.post(ORGANISATIONS, &organisation("Anna's", "IT")).expect(201);
        let own = me(&client, &token).expect(200).json();
        assert_eq!((&own["issuer"], &own["role"]), (&json!(provider.url), &json!("editor")));
        anna.get(ACCOUNTS).problem(403, "role_required");
        // The command line reaches such accounts too, but has no password to set.
        let name = own["name"].as_str().expect("a name");
        api.place().run(&["user", "set", name, "--shut"]);
        me(&client, &token).problem(401, "invalid_token");
        api.place().run(&["user", "set", own["id"].as_str().expect("an id"), "--open"]);
        me(&client, &token).expect(200);
        let refused = api.place().fed(&["user", "password", name], "another long password");
        assert!(!refused.status.success());
        // The same person with another role; another whose subject differs in case only.
        let admin = key.sign(&provider.claims("f3a1|Anna", "registry-admin"));
        let again = me(&client, &admin).expect(200).json();
        assert_eq!((&again["id"], &again["role"]), (&own["id"], &json!("admin")));
        let other = key.sign(&provider.claims("f3a1|anna", "registry-editor"));
        assert_ne!(me(&client, &other).expect(200).json()["id"], own["id"]);
        // Nor does a subject that looks like how such subjects are kept.
        let name = me(&client, &other).json()["name"].clone();
        let twin = name.as_str().expect("a name");
        let twin = key.sign(&provider.claims(twin, "registry-editor"));
        assert_ne!(me(&client, &twin).expect(200).json()["id"], me(&client, &other).json()["id"]);
        // Without a role here, one may do what anybody may.
        let guest = key.sign(&provider.claims("guest", "something-else"));
        let guest = client.with_token(&guest);
        guest.get(ORGANISATIONS).expect(200);
        guest.post(ORGANISATIONS, &organisation("No", "IT")).problem(403, "role_required");
        assert_eq!(provider.fetches(), 1);
        // Shut here, whatever the provider says.
        let staff = client.with_token(&api.token("admin"));
        let at = format!("{ACCOUNTS}/{}", own["id"].as_str().expect("an id"));
        let tag = staff.get(&at).expect(200).etag().to_owned();
        staff.patch(&at, &tag, &json!({"disabled": true})).expect(200);
        me(&client, &admin).problem(401, "invalid_token");
    }
}

/// Sends 200 tokens with keys nobody has, by eight clients at once.
fn flood(client: &Client, provider: &Provider) {
    thread::scope(|scope| {
        for sender in 0..8 {
            scope.spawn(move || {
                for n in 0..25 {
                    let unknown = Key::ed25519(&format!("unknown {sender} {n}"), 2);
                    let token = unknown.sign(&provider.claims("eve", "registry-admin"));
                    me(client, &token).problem(401, "invalid_token");
                }
            });
        }
    });
}

#[test]
fn a_flood_of_unknown_keys_is_one_fetch() {
    on_each_engine(|engine| {
        let key = Key::ed25519("one", 1);
        let provider = Provider::start(&[&key]);
        let api = server(engine, &provider, "algorithms = [\"EdDSA\"]");
        let client = api.unrecorded();
        // While no key is known, and when one is.
        for _ in 0..2 {
            flood(&client, &provider);
            me(&client, &key.sign(&provider.claims("anna", "registry-editor"))).expect(200);
            assert_eq!((provider.requests(), provider.fetches()), (2, 1), "where, and what");
        }
    });
}

#[test]
fn a_provider_that_was_never_there_is_asked_once_in_half_a_minute() {
    on_each_engine(|engine| {
        let key = Key::ed25519("one", 1);
        let provider = Provider::start(&[&key]);
        provider.set_down(true);
        let api = server(engine, &provider, "algorithms = [\"EdDSA\"]");
        let client = api.unrecorded();
        let begun = Instant::now();
        flood(&client, &provider);
        let asked = provider.requests();
        let half_minutes = usize::try_from(begun.elapsed().as_secs() / 30).expect("a few");
        assert!((1..=1 + half_minutes).contains(&asked), "asked {asked} times");
        provider.set_down(false);
        let token = key.sign(&provider.claims("anna", "registry-editor"));
        while me(&client, &token).status == 401 {
            assert!(begun.elapsed() < Duration::from_mins(2), "it is never asked again");
            thread::sleep(Duration::from_millis(500));
        }
        assert!(begun.elapsed() > Duration::from_secs(30), "after {:?}", begun.elapsed());
        assert_eq!(provider.requests(), asked + 2);
        me(&client, &token).expect(200);
    });
}

#[test]
fn tokens_of_an_outside_provider_are_checked() {
    let key = Key::rsa("one", 2048);
    let (weak, other) = (Key::rsa("weak", 1024), Key::ed25519("two", 3));
    let provider = Provider::start(&[&key, &weak, &other]);
    let api = server(Engine::Sqlite, &provider, "");
    let client = api.unrecorded();
    let good = provider.claims("anna", "registry-editor");
    me(&client, &key.sign(&good)).expect(200);
    let with = |field: &str, value: Value| {
        let mut claims = good.clone();
        claims[field] = value;
        key.sign(&claims)
    };
    let without = |field: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().expect("claims").remove(field);
        key.sign(&claims)
    };
    let public = serde_json::to_vec(&key.public).expect("a key");
    let secret = jsonwebtoken::EncodingKey::from_secret(&public);
    let mut shared = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    shared.kid = Some("one".to_owned());
    let confused = jsonwebtoken::encode(&shared, &good, &secret).expect("a token");
    for (what, token) in [
        ("expired", with("exp", json!(now() - 60))),
        ("not yet", with("nbf", json!(now() + 600))),
        ("for another", with("aud", json!("elsewhere"))),
        ("of nobody", with("sub", json!(""))),
        ("of another issuer", with("iss", json!("https://elsewhere.example"))),
        ("without end", without("exp")),
        ("without audience", without("aud")),
        ("without subject", without("sub")),
        ("signed with the public key", confused),
        ("unsigned", forged(&json!({"alg": "none", "kid": "one"}), &good, b"")),
        ("not signed so", other.sign(&good)),
        ("by a weak key", weak.sign(&good)),
        ("by a key of ours", signed_by_us(&api, &good)),
    ] {
        let answer = me(&client, &token);
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        answer.problem(401, "invalid_token");
    }
}

/// The key of `api`, which signs its tokens.
fn own_key(api: &Server) -> SigningKey {
    let pem = fs::read_to_string(api.place().folder().join("signing-key.pem")).expect("the key");
    SigningKey::from_pkcs8_pem(&pem).expect("an Ed25519 key")
}

/// A token with these claims that `api` itself would have made, for any others.
fn signed_by_us(api: &Server, claims: &Value) -> String {
    let header = jsonwebtoken::decode_header(api.token("admin")).expect("a header");
    let der = own_key(api).to_pkcs8_der().expect("a key");
    let key = jsonwebtoken::EncodingKey::from_ed_der(der.as_bytes());
    jsonwebtoken::encode(&header, claims, &key).expect("a token")
}

/// What a public key is mistaken for a shared secret as, whoever knows it.
fn as_secrets(spki: &[u8], raw: &str) -> [(&'static str, Vec<u8>); 6] {
    let lines = STANDARD.encode(spki);
    let lines = lines.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines = lines.collect::<Vec<_>>().join("\n");
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----");
    [
        ("PEM", pem.clone().into_bytes()),
        ("PEM and a newline", format!("{pem}\n").into_bytes()),
        ("PEM of another system", format!("{pem}\n").replace('\n', "\r\n").into_bytes()),
        ("DER", spki.to_vec()),
        ("bytes", URL_SAFE_NO_PAD.decode(raw).expect("base64url")),
        ("text", raw.as_bytes().to_vec()),
    ]
}

#[test]
fn no_public_key_is_taken_for_a_shared_secret() {
    let (rsa, ed25519) = (Key::rsa("one", 2048), Key::ed25519("two", 3));
    let provider = Provider::start(&[&rsa, &ed25519]);
    let api = server(Engine::Sqlite, &provider, "algorithms = [\"RS256\", \"EdDSA\"]");
    let client = api.unrecorded();
    let claims = provider.claims("anna", "registry-editor");
    for key in [&rsa, &ed25519] {
        me(&client, &key.sign(&claims)).expect(200);
    }
    let ours = json!({
        "iss": "consortia", "aud": "consortia", "sub": "eve", "role": "admin",
        "iat": now(), "nbf": now(), "exp": now() + 600, "jti": "x"
    });
    client.with_token(&signed_by_us(&api, &ours)).get(ACCOUNTS).expect(200);
    let own_id = jsonwebtoken::decode_header(api.token("admin")).expect("a header").kid;
    let own_id = own_id.expect("an id");
    let own = own_key(&api);
    let x = base64url(own.verifying_key().as_bytes());
    let raw = |key: &Key, field: &str| key.public[field].as_str().expect("a number").to_owned();
    let mut tried = 0;
    for (id, claims, secrets) in [
        (own_id.as_str(), &ours, as_secrets(&ed25519_spki(&own), &x)),
        ("one", &claims, as_secrets(&rsa.spki, &raw(&rsa, "n"))),
        ("two", &claims, as_secrets(&ed25519.spki, &raw(&ed25519, "x"))),
    ] {
        for (form, secret) in secrets {
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let mut header = jsonwebtoken::Header::new(algorithm);
                header.kid = Some(id.to_owned());
                let secret = jsonwebtoken::EncodingKey::from_secret(&secret);
                let token = jsonwebtoken::encode(&header, claims, &secret).expect("a token");
                for at in [ACCOUNTS, ORGANISATIONS] {
                    let answer = client.with_token(&token).get(at);
                    assert_eq!(answer.status, 401, "{id} as {form}, {algorithm:?}, {at}");
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 54);
    // Nor does one of them sign for another.
    me(&client, &signed_by_us(&api, &claims)).problem(401, "invalid_token");
    client.with_token(&ed25519.sign(&ours)).get(ACCOUNTS).problem(401, "invalid_token");
}

#[test]
fn a_shared_secret_is_used_by_explicit_choice_only() {
    let place = Place::fresh(Engine::Sqlite);
    let secret = "0123456789abcdef0123456789abcdef";
    let file = place.folder().join("secret");
    fs::write(&file, secret).expect("a file");
    let shared = format!("secret_file = \"{}\"", file.display());
    let refused = |more: &str| {
        let path = issuers(&place, "https://id.example.org", more);
        let setting = format!("issuers_file={}", path.display());
        let output = place.fed(&["serve", "--set", &setting], "");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&shared).contains("HS256"), "it has to be said");
    assert!(refused("algorithms = [\"HS256\"]").contains("expected RS256"));
    assert!(refused("jwks_url = \"http://id.example.org/keys\"").contains("https://"));
    fs::write(&file, "short").expect("a file");
    assert!(refused(&format!("{shared}\nalgorithms = [\"HS256\"]")).contains("32 or more"));
    fs::write(&file, secret).expect("a file");
    let path =
        issuers(&place, "https://id.example.org", &format!("{shared}\nalgorithms = [\"HS256\"]"));
    let setting = path.to_str().expect("UTF-8").to_owned();
    let api = Server::start_with(place, &[("CONSORTIA_ISSUERS_FILE", &setting)]);
    let claims = json!({
        "iss": "https://id.example.org", "aud": "registry", "sub": "anna", "exp": now() + 60,
        "realm_access": {"roles": ["registry-editor"]}
    });
    let signed = |secret: &str| {
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
    };
    me(&api.unrecorded(), &signed(secret)).expect(200);
    me(&api.unrecorded(), &signed("another secret of many characters"))
        .problem(401, "invalid_token");
}

#[test]
fn a_provider_is_listed_once_and_is_not_this_registry() {
    let place = Place::fresh(Engine::Sqlite);
    let path = issuers(&place, "https://id.example.org", "");
    let once = fs::read_to_string(&path).expect("the list");
    fs::write(&path, format!("{once}{once}")).expect("a file");
    let list = format!("issuers_file={}", path.display());
    let own = "token_issuer=https://id.example.org";
    for command in ["serve", "doctor"] {
        let output = place.fed(&[command, "--set", &list, "--set", own], "");
        assert!(!output.status.success(), "{command}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("listed twice"), "{command}: {said}");
        assert!(said.contains("this registry calls itself so (token_issuer)"), "{command}: {said}");
    }
}

#[test]
fn tokens_of_ours_are_checked_to_the_last_claim() {
    on_both_engines(|api| {
        let client = api.unrecorded();
        let good = api.token("admin");
        let pem = fs::read(api.place().folder().join("signing-key.pem")).expect("the key");
        let key = jsonwebtoken::EncodingKey::from_ed_pem(&pem).expect("an Ed25519 key");
        let own = jsonwebtoken::decode_header(&good).expect("a header");
        let claims = json!({
            "iss": "consortia", "aud": "consortia", "sub": "eve", "role": "admin",
            "iat": now(), "nbf": now(), "exp": now() + 600, "jti": "x"
        });
        let sign = |header: &jsonwebtoken::Header, claims: &Value| {
            jsonwebtoken::encode(header, claims, &key).expect("a token")
        };
        client.with_token(&sign(&own, &claims)).get(ACCOUNTS).expect(200);
        let with = |field: &str, value: Value| {
            let mut claims = claims.clone();
            claims[field] = value;
            sign(&own, &claims)
        };
        let named = |kid: Option<&str>| {
            sign(&jsonwebtoken::Header { kid: kid.map(str::to_owned), ..own.clone() }, &claims)
        };
        let public = own.kid.clone().unwrap_or_default();
        let secret = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
        let shared = jsonwebtoken::Header { alg: jsonwebtoken::Algorithm::HS256, ..own.clone() };
        let confused = jsonwebtoken::encode(&shared, &claims, &secret).expect("a token");
        let critical = jsonwebtoken::Header { crit: Some(vec!["b64".to_owned()]), ..own.clone() };
        for (what, token) in [
            ("expired", with("exp", json!(now() - 60))),
            ("not yet", with("nbf", json!(now() + 600))),
            ("of another issuer", with("iss", json!("elsewhere"))),
            ("for another", with("aud", json!("elsewhere"))),
            ("with a role there is not", with("role", json!("king"))),
            ("without a role", with("role", Value::Null)),
            (
                "in a session there is not",
                with("sid", json!("0198c0de-0000-7000-8000-00000000dead")),
            ),
            ("by a key nobody names", named(None)),
            ("by an unknown key", named(Some("0000000000000000"))),
            ("signed otherwise", confused),
            ("with demands", sign(&critical, &claims)),
            ("unsigned", forged(&json!({"alg": "none", "kid": own.kid}), &claims, b"")),
            ("oversized", with("padding", json!("x".repeat(5000)))),
            ("in two parts", good.rsplit_once('.').expect("three parts").0.to_owned()),
            ("of nothing", "..".to_owned()),
        ] {
            // Where anybody may read, whoever brings a bad token is told.
            for path in [ACCOUNTS, ORGANISATIONS] {
                let answer = client.with_token(&token).get(path);
                assert_eq!(answer.status, 401, "{what}, {path}: {}", answer.text());
            }
        }
        let twice =
            client.request("GET", ACCOUNTS).header("Authorization", &format!("Bearer {good}"));
        twice.header("Authorization", "Bearer x").send().problem(401, "invalid_token");
        api.get(ORGANISATIONS).expect(200);
    });
}
