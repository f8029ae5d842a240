//! Language tags and texts in several languages.

use consortia_domain::decode::decode;
use consortia_domain::error::Location;
use consortia_domain::language::{LanguageTag, LocalizedProse, LocalizedText};
use consortia_domain::text::Line;
use serde_json::json;

fn tag(text: &str) -> LanguageTag {
    text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

#[test]
fn tags_are_normalised() {
    let cases = [
        ("it", "it"),
        ("EN", "en"),
        (" fr ", "fr"),
        ("und", "und"),
        ("PT-br", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("sr-latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("zh-cmn-Hans-CN", "zh-cmn-Hans-CN"),
        ("sl-ROZAJ-biske-1994", "sl-rozaj-biske-1994"),
        ("de-CH-1901", "de-CH-1901"),
        ("en-US-u-islamcal", "en-US-u-islamcal"),
        ("de-CH-x-Phonebk", "de-CH-x-phonebk"),
        ("lld", "lld"),
    ];
    for (text, expected) in cases {
        assert_eq!(tag(text).as_str(), expected);
        assert_eq!(tag(expected).as_str(), expected);
    }
    assert_eq!(tag("pt-BR").primary(), "pt");
    assert!(tag("und").is_undetermined());
}

#[test]
fn what_is_no_tag_is_refused() {
    let refused = [
        "",
        "e",
        "italian-",
        "it-",
        "-it",
        "it--IT",
        "it IT",
        "i-klingon",
        "it-IT-IT",
        "it-I",
        "en-u",
        "x",
        "12",
        "it-x",
        "it-!",
        "ελ",
        "abcdefghi",
        "en-aaaaaaaaa",
        "en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd",
    ];
    for text in refused {
        let fault = text.parse::<LanguageTag>().expect_err(text);
        assert_eq!(fault.code, "invalid_language_tag");
        assert!(fault.detail.contains("BCP 47"), "{fault}");
    }
}

#[test]
fn texts_are_read_and_written() {
    let text: LocalizedText = decode(&json!({"IT": " Progetto ", "en": "Project"})).unwrap();
    assert_eq!(
        serde_json::to_string(&text).unwrap(),
        r#"{"en":"Project","it":"Progetto"}"#,
        "ordered by tag"
    );
    let text: LocalizedText = decode(&json!("ReSOMA")).unwrap();
    assert_eq!(serde_json::to_value(&text).unwrap(), json!({"und": "ReSOMA"}));
    let text: LocalizedText = decode(&json!({})).unwrap();
    assert!(text.is_empty());
    assert_eq!(serde_json::to_value(&text).unwrap(), json!({}));
    assert_eq!(LocalizedText::<Line>::default(), text);
    let text: LocalizedProse = decode(&json!({"en": "a\nb"})).unwrap();
    assert_eq!(text.get(&tag("en")).unwrap().as_str(), "a\nb");
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let body = json!({"en": "", "it": 3, "?": "x", "pt": "a", "PT": "b", "fr": "bon", "zz~": 1});
    let faults = decode::<LocalizedText>(&body).unwrap_err();
    let found: Vec<(String, &str)> = faults
        .iter()
        .map(|fault| match &fault.at {
            Location::Pointer(at) => (at.as_str().to_owned(), fault.code),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("/en", "empty"),
        ("/it", "wrong_type"),
        ("/?", "invalid_language_tag"),
        ("/PT", "duplicate_language"),
        ("/zz~0", "wrong_type"),
        ("/zz~0", "invalid_language_tag"),
    ];
    assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code)));
    for wrong in [json!(null), json!(1), json!(["a"]), json!(true)] {
        assert!(decode::<LocalizedText>(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_preferred_language() {
    let text = |tags: &[&str]| -> LocalizedText {
        tags.iter().map(|t| (tag(t), t.parse().unwrap())).collect()
    };
    let choose = |tags: &[&str], asked: &[&str]| {
        let asked: Vec<_> = asked.iter().map(|t| tag(t)).collect();
        text(tags).preferred(&asked).map(|(tag, _)| tag.to_string())
    };
    let all = ["de", "en", "it", "pt-BR", "und"];
    let cases: [(&[&str], &[&str], Option<&str>); 9] = [
        (&all, &["it"], Some("it")),
        (&all, &["fr", "de"], Some("de")),
        (&all, &["fr"], Some("en")),
        (&all, &[], Some("en")),
        (&all, &["pt"], Some("pt-BR")),
        (&all, &["it-CH"], Some("it")),
        (&["de", "und"], &["fr"], Some("und")),
        (&["de", "it"], &["fr"], Some("de")),
        (&[], &["it"], None),
    ];
    for (tags, asked, expected) in cases {
        assert_eq!(choose(tags, asked).as_deref(), expected, "{tags:?} asked {asked:?}");
    }
}

#[test]
fn the_api_document_names_and_resolves_their_schemas() {
    use utoipa::{PartialSchema, ToSchema};
    assert_eq!(LocalizedText::<Line>::name(), "LocalizedText");
    assert_eq!(LocalizedProse::name(), "LocalizedProse");
    let mut schemas = Vec::new();
    LocalizedProse::schemas(&mut schemas);
    assert!(schemas.iter().any(|(name, _)| name == "Prose"));
    let schema = serde_json::to_value(LocalizedProse::schema()).unwrap();
    assert_eq!(schema["oneOf"][1]["$ref"], "#/components/schemas/Prose");
    assert_eq!(schema["oneOf"][0]["additionalProperties"]["$ref"], "#/components/schemas/Prose");
}
