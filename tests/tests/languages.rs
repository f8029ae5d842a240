//! Texts in several languages, chosen by what the reader asks for.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation, path};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

/// `at`, as a reader of `languages` gets it.
fn read(api: &Server, at: &str, languages: &str) -> Value {
    let answer = api.client().request("GET", at).header("Accept-Language", languages).send();
    let answer = answer.expect(200);
    assert!(answer.header("vary").contains("Accept-Language"), "{at}");
    answer.json()
}

#[test]
fn texts_are_in_the_language_asked_for_or_the_nearest_there_is() {
    on_both_engines(|api| {
        let made = api.create(
            PROJECTS,
            &json!({
                "titles": {"en": "Equal opportunities", "it": "Pari opportunità"},
                "abstract": {"it": "Per chi studia in Italia.", "pt-BR": "Para quem estuda."},
            }),
        );
        let at = path(PROJECTS, &made);
        assert!(api.get(&at).json().get("in_language").is_none(), "only for those who ask");
        for (asked, title, text) in [
            ("it", "it Pari opportunità", "it Per chi studia in Italia."),
            ("en-GB", "en Equal opportunities", "it Per chi studia in Italia."),
            ("de, pt;q=0.5, it;q=0.9", "it Pari opportunità", "it Per chi studia in Italia."),
            ("pt", "en Equal opportunities", "pt-BR Para quem estuda."),
            ("tlh", "en Equal opportunities", "it Per chi studia in Italia."),
        ] {
            let shown = read(api, &at, asked);
            let chosen = &shown["in_language"];
            let said = |of: &Value| format!("{} {}", of["language"], of["text"]).replace('"', "");
            assert_eq!(
                (said(&chosen["title"]), said(&chosen["abstract"])),
                (title.into(), text.into())
            );
            assert_eq!(shown["titles"], made["titles"], "all are there");
        }
        let listed = read(api, PROJECTS, "it");
        assert_eq!(listed["data"][0]["in_language"]["title"]["text"], "Pari opportunità");
        let known = read(api, "/api/v1/programmes?code=H2020", "it");
        assert_eq!(known["data"][0]["in_language"]["title"]["text"], "Orizzonte 2020");
        // What has no texts by language has nothing to choose.
        let other = api.create(ORGANISATIONS, &organisation("ISMU", "IT"));
        assert!(read(api, &path(ORGANISATIONS, &other), "it").get("in_language").is_none());
        let untitled = api.create(PROJECTS, &json!({"acronym": "X"}));
        let shown = read(api, &path(PROJECTS, &untitled), "it");
        assert_eq!(shown["in_language"], json!({"title": null}));
        // Each language is a representation of its own.
        let etag = |languages: &str| {
            let asked = api.client().request("GET", &at).header("Accept-Language", languages);
            asked.send().expect(200).etag().to_owned()
        };
        assert_ne!(etag("it"), etag("en"));
        let again = api
            .client()
            .request("GET", &at)
            .header("Accept-Language", "it")
            .header("If-None-Match", &etag("it"))
            .send();
        again.expect(304);
    });
}
