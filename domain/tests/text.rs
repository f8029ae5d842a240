//! Folding for search, and the texts a record may hold.

use consortia_domain::decode::decode;
use consortia_domain::text::{Code, Line, Prose, WebAddress, search_key, search_tokens};
use serde_json::json;

#[test]
fn search_keys() {
    let cases = [
        ("", ""),
        ("  ", ""),
        ("—", ""),
        ("ISMU", "ismu"),
        ("Fondazione I.S.M.U.", "fondazione i s m u"),
        ("Università d'Aosta", "universita d aosta"),
        ("Università d’Aosta", "universita d aosta"),
        (
            "  Iniziative   e studi / sulla (multietnicità)! ",
            "iniziative e studi sulla multietnicita",
        ),
        ("Straße", "strasse"),
        ("GROẞE", "grosse"),
        ("Ærø Søndergård", "aero sondergard"),
        ("Œuvre", "oeuvre"),
        ("Þingvellir Ðe", "thingvellir de"),
        ("Đorđe Łódź", "dorde lodz"),
        ("Işık İstanbul IĞDIR", "isik istanbul igdir"),
        ("Ħal Għargħur", "hal gharghur"),
        ("Škoda Ženščina Çelik ñandú", "skoda zenscina celik nandu"),
        ("Αθήνα Πάτρας", "αθηνα πατρασ"),
        ("ΠΑΤΡΑΣ", "πατρασ"),
        ("Київ Йосиф", "киів иосиф"),
        ("ﬁne ①②", "fine 12"),
        ("ℝeal Ⓐ", "real a"),
        ("mi\u{AD}gra\u{200B}tion", "migration"),
        ("e\u{301}", "e"),
        ("北京大学", "北京大学"),
        ("C++ & C#", "c c"),
        ("a\u{0}b\nc", "a b c"),
        ("x_y", "x y"),
    ];
    for (text, key) in cases {
        let found = search_key(text);
        // Cyrillic ї decomposes into і and a diaeresis, й into и and a breve.
        assert_eq!(found, key, "{text:?}");
        assert_eq!(search_key(&found), found, "the key of {text:?} is its own key");
    }
}

#[test]
fn folding_does_not_depend_on_the_ascii_shortcut() {
    for text in ["A-b 3.c", "KA2/KA 2", "  x  ", "''", "O'Brien & Sons, Ltd."] {
        let mut long = search_key(&format!("{text} é"));
        long.truncate(long.len() - 1);
        assert_eq!(search_key(text), long.trim(), "{text:?}");
    }
}

#[test]
fn tokens() {
    assert_eq!(search_tokens("Key-Action 2: l'Età"), ["key", "action", "2", "l", "eta"]);
    assert!(search_tokens(" … ").is_empty());
}

#[test]
fn lines() {
    assert_eq!("  a   b ".parse::<Line>().unwrap().as_str(), "a   b");
    assert_eq!("x".repeat(2_000).parse::<Line>().unwrap().into_string().len(), 2_000);
    assert_eq!("é".repeat(2_000).parse::<Line>().unwrap().to_string().len(), 4_000);
    let refused = [
        ("", "empty"),
        (" \t\n", "empty"),
        ("\u{200B}\u{FEFF}", "empty"),
        ("a\nb", "control_character"),
        ("a\tb", "control_character"),
        ("a\0b", "control_character"),
        ("a\u{2028}b", "control_character"),
        ("a\u{7f}b", "control_character"),
    ];
    for (text, code) in refused {
        assert_eq!(text.parse::<Line>().unwrap_err().code, code, "{text:?}");
    }
    let long = "é".repeat(2_001).parse::<Line>().unwrap_err();
    assert_eq!(long.code, "too_long");
    assert!(long.detail.contains("2001") && long.detail.contains("2000"), "{long}");
    assert!(long.detail.len() < 300, "long values are cut in messages: {long}");
}

#[test]
fn prose() {
    assert_eq!(" a\r\nb\rc\n\td ".parse::<Prose>().unwrap().as_str(), "a\nb\nc\n\td");
    for (text, code) in [("", "empty"), ("\n\n", "empty"), ("a\0b", "control_character")] {
        assert_eq!(text.parse::<Prose>().unwrap_err().code, code, "{text:?}");
    }
    assert_eq!("x".repeat(100_001).parse::<Prose>().unwrap_err().code, "too_long");
}

#[test]
fn codes() {
    let accepted = [
        ("KA2", "KA2"),
        (" KA  2 ", "KA 2"),
        ("H2020-EU.3.6.", "H2020-EU.3.6."),
        ("Azione è", "Azione è"),
    ];
    for (text, code) in accepted {
        assert_eq!(text.parse::<Code>().unwrap().as_str(), code);
    }
    assert_eq!("".parse::<Code>().unwrap_err().code, "empty");
    assert_eq!("a\u{1}".parse::<Code>().unwrap_err().code, "control_character");
    assert_eq!("x".repeat(101).parse::<Code>().unwrap_err().code, "too_long");
}

#[test]
fn texts_are_json_strings() {
    assert_eq!(serde_json::to_value(decode::<Line>(&json!("è")).unwrap()).unwrap(), json!("è"));
    let faults = decode::<Line>(&json!(3)).unwrap_err();
    assert_eq!(faults.iter().next().unwrap().code, "wrong_type");
    let faults = decode::<Vec<Line>>(&json!(["ok", "", null])).unwrap_err();
    let at: Vec<_> = faults.iter().map(|fault| (format!("{:?}", fault.at), fault.code)).collect();
    assert_eq!(at.len(), 2);
    assert!(at[0].0.contains("/1") && at[0].1 == "empty");
    assert!(at[1].0.contains("/2") && at[1].1 == "wrong_type");
}

#[test]
fn web_addresses() {
    let accepted = [
        ("www.tml.be", "https://www.tml.be"),
        ("www.tml.be:8080/a?b#c", "https://www.tml.be:8080/a?b#c"),
        (" http://www.emtmadrid.es ", "http://www.emtmadrid.es"),
        ("HTTP://WWW.Ismu.ORG/Path?Q=A", "http://www.ismu.org/Path?Q=A"),
        ("https://it.wikipedia.org/wiki/Università", "https://it.wikipedia.org/wiki/Università"),
        ("https://bücher.example/", "https://bücher.example/"),
        ("ismu.org/a:b", "https://ismu.org/a:b"),
        ("http://192.168.1.10:80/", "http://192.168.1.10:80/"),
        ("https://example.org./", "https://example.org./"),
    ];
    for (text, address) in accepted {
        assert_eq!(text.parse::<WebAddress>().unwrap().as_str(), address, "{text:?}");
        assert_eq!(address.parse::<WebAddress>().unwrap().as_str(), address, "{address:?}");
    }
    let refused = [
        ("", "empty"),
        ("javascript:alert(1)", "unsupported_scheme"),
        ("JavaScript://ismu.org/%0aalert(1)", "unsupported_scheme"),
        ("java\tscript:alert(1)", "invalid_web_address"),
        ("data:text/html,x", "unsupported_scheme"),
        ("ftp://ismu.org", "unsupported_scheme"),
        ("mailto:info@ismu.org", "unsupported_scheme"),
        ("info@ismu.org", "invalid_web_address"),
        ("https://user:secret@ismu.org/", "invalid_web_address"),
        ("n/a", "invalid_web_address"),
        ("none", "invalid_web_address"),
        ("http://", "invalid_web_address"),
        ("http:/www.ismu.org", "invalid_web_address"),
        ("http:www.ismu.org", "invalid_web_address"),
        ("https://www..org", "invalid_web_address"),
        ("https://ismu.org:99999/", "invalid_web_address"),
        ("https://ismu.org:abc/", "invalid_web_address"),
        ("https://ismu.org/a b", "invalid_web_address"),
        ("https://ismu.org/<script>", "invalid_web_address"),
        ("https://is\"mu.org/", "invalid_web_address"),
        ("//ismu.org", "invalid_web_address"),
    ];
    for (text, code) in refused {
        let fault = text.parse::<WebAddress>().expect_err(text);
        assert_eq!(fault.code, code, "{text:?}: {fault}");
        assert!(fault.detail.ends_with('.'), "a whole sentence: {fault}");
    }
    let long = format!("https://ismu.org/{}", "x".repeat(2_000));
    assert_eq!(long.parse::<WebAddress>().unwrap_err().code, "too_long");
    assert_eq!("HTTPS://A.Org:80/x".parse::<WebAddress>().unwrap().host(), "a.org");
}

#[test]
fn the_first_words_of_a_text_stand_on_one_line() {
    let words = |text: &str, most| text.parse::<Prose>().expect("prose").first_words(most);
    assert_eq!(words("Roma people learn.", 80), "Roma people learn.");
    assert_eq!(words("Roma\n people\tlearn.", 18), "Roma people learn.");
    assert_eq!(words("Roma people, who learn.", 17), "Roma people, who…");
    assert_eq!(words("Roma people, who learn.", 13), "Roma people…");
    assert_eq!(words("Ünbelievable", 3), "Ünb…");
}
