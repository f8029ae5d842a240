//! Identifiers of other registries: their forms and check digits.

use consortia_domain::decode::decode;
use consortia_domain::external_id::{ExternalId, Scheme};
use serde_json::json;

#[test]
fn accepted_and_normalised() {
    let cases = [
        (Scheme::Pic, "968823876", "968823876"),
        (Scheme::Pic, " 999989860 ", "999989860"),
        (Scheme::Cordis, "101004645", "101004645"),
        (Scheme::Cordis, "211988", "211988"),
        (Scheme::Rcn, "221856", "221856"),
        (Scheme::Rcn, "007", "7"),
        (Scheme::Ror, "02mhbdp94", "02mhbdp94"),
        (Scheme::Ror, "https://ror.org/05a28rw58", "05a28rw58"),
        (Scheme::Ror, "http://www.ror.org/00X0XHN70/", "00x0xhn70"),
        (Scheme::Ror, "ror.org/02mhbdp94", "02mhbdp94"),
        (Scheme::Vat, "BE0476966024", "BE0476966024"),
        (Scheme::Vat, "it 06835420966", "IT06835420966"),
        (Scheme::Vat, "GR099785242", "EL099785242"),
        (Scheme::Vat, "EL099785242", "EL099785242"),
        (Scheme::Vat, "UK 123 4567 89", "GB123456789"),
        (Scheme::Vat, "XI123456789", "XI123456789"),
        (Scheme::Vat, "CS100008310", "CS100008310"),
        (Scheme::Vat, "CHE-116.075.613 TVA", "CHE116075613TVA"),
        (Scheme::Vat, "NL803273150B02", "NL803273150B02"),
        (Scheme::Vat, "ESQ2867022", "ESQ2867022"),
        (Scheme::Vat, "IE9F54784R", "IE9F54784R"),
        (Scheme::Wikidata, "q42", "Q42"),
        (Scheme::Wikidata, "https://www.wikidata.org/wiki/Q3746991", "Q3746991"),
        (Scheme::Wikidata, "http://www.wikidata.org/entity/Q42", "Q42"),
        (Scheme::Isni, "0000 0001 2103 2683", "0000000121032683"),
        (Scheme::Isni, "https://isni.org/isni/000000012146438X", "000000012146438X"),
        (Scheme::Isni, "ISNI 0000-0001-2146-438x", "000000012146438X"),
        (Scheme::Grid, "grid.5591.8", "grid.5591.8"),
        (Scheme::Grid, "https://www.grid.ac/institutes/GRID.7563.7", "grid.7563.7"),
        (Scheme::Raid, "https://raid.org/10.26259/44da2ca5", "10.26259/44da2ca5"),
        (Scheme::Doi, "10.3030/101004645", "10.3030/101004645"),
        (Scheme::Doi, "https://doi.org/10.1000/ABC.Def", "10.1000/abc.def"),
        (Scheme::Doi, "doi: 10.1000.10/1(2)3;x", "10.1000.10/1(2)3;x"),
        (Scheme::Doi, "http://dx.doi.org/10.1016/j.x", "10.1016/j.x"),
        (Scheme::ErasmusPlus, "2018-1-IT02-KA201-048442", "2018-1-IT02-KA201-048442"),
        (Scheme::ErasmusPlus, "2021-1-it02-ka220-adu-000033500", "2021-1-IT02-KA220-ADU-000033500"),
        (Scheme::ErasmusPlus, "2014-1-LI01-KA200-000005", "2014-1-LI01-KA200-000005"),
        (
            Scheme::ErasmusPlus,
            "612345-EPP-1-2019-1-IT-EPPKA2-CBHE-JP",
            "612345-EPP-1-2019-1-IT-EPPKA2-CBHE-JP",
        ),
        (Scheme::ErasmusPlus, "101049842", "101049842"),
        (Scheme::Oid, "e10209155", "E10209155"),
        (Scheme::Fundref, "501100000780", "501100000780"),
        (Scheme::Fundref, "https://doi.org/10.13039/501100000780", "501100000780"),
        (Scheme::Fundref, "10.13039/100000001", "100000001"),
        (Scheme::Lei, "5299 00T8 BM49 AURS DO55", "529900T8BM49AURSDO55"),
        (Scheme::Grant, "JUST/2013/DAP/AG/5408", "JUST/2013/DAP/AG/5408"),
        (Scheme::Local, " Prot. 12/b ", "Prot. 12/b"),
    ];
    for (scheme, text, value) in cases {
        let id = ExternalId::new(scheme, text).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((id.scheme(), id.value()), (scheme, value));
        assert_eq!(ExternalId::new(scheme, value).as_ref(), Ok(&id), "the normal form is stable");
        assert_eq!(id.to_string().parse().as_ref(), Ok(&id), "{id}");
        assert_eq!(decode(&serde_json::to_value(&id).unwrap()).as_ref(), Ok(&id));
    }
}

#[test]
fn refused() {
    let malformed = [
        (Scheme::Pic, ""),
        (Scheme::Pic, "96882387"),
        (Scheme::Pic, "9688238760"),
        (Scheme::Pic, "96882387a"),
        (Scheme::Pic, "９６８８２３８７６"),
        (Scheme::Cordis, "12345"),
        (Scheme::Cordis, "rcn-221856"),
        (Scheme::Rcn, "0"),
        (Scheme::Rcn, "-1"),
        (Scheme::Ror, "12mhbdp94"),
        (Scheme::Ror, "02mhbdp9"),
        (Scheme::Ror, "02mhbdpxx"),
        (Scheme::Ror, "02mhbil94"),
        (Scheme::Ror, "https://example.org/02mhbdp94"),
        (Scheme::Ror, "0é"),
        (Scheme::Vat, "MISSING"),
        (Scheme::Vat, "NOTAPPLICABLE"),
        (Scheme::Vat, "n/a"),
        (Scheme::Vat, "NA"),
        (Scheme::Vat, "NOT APPLICABLE 1"),
        (Scheme::Vat, "none"),
        (Scheme::Vat, "-"),
        (Scheme::Vat, "0"),
        (Scheme::Vat, "IT00000000000"),
        (Scheme::Vat, "06835420966"),
        (Scheme::Vat, "ZZ123456789"),
        (Scheme::Vat, "IT"),
        (Scheme::Vat, "IT1234567890123456789"),
        (Scheme::Vat, "ITé23456"),
        (Scheme::Wikidata, "42"),
        (Scheme::Wikidata, "Q0"),
        (Scheme::Wikidata, "Q"),
        (Scheme::Wikidata, "P31"),
        (Scheme::Wikidata, "https://it.wikipedia.org/wiki/Q42"),
        (Scheme::Isni, "0000 0001 2103 268"),
        (Scheme::Isni, "X000000121032683"),
        (Scheme::Grid, "5591.8"),
        (Scheme::Grid, "grid.5591"),
        (Scheme::Grid, "grid.5591.xyz"),
        (Scheme::Doi, "11.1000/1"),
        (Scheme::Doi, "10.1000"),
        (Scheme::Doi, "10.1000/"),
        (Scheme::Doi, "10.1/x"),
        (Scheme::Doi, "10.1000/a b"),
        (Scheme::Doi, "10.x/y"),
        (Scheme::Raid, "44da2ca5"),
        (Scheme::ErasmusPlus, "2018-IT02-KA201"),
        (Scheme::ErasmusPlus, "KA201"),
        (Scheme::ErasmusPlus, "2018-1-IT02--048442"),
        (Scheme::ErasmusPlus, "12345"),
        (Scheme::Oid, "10209155"),
        (Scheme::Oid, "E1020915"),
        (Scheme::Oid, "F10209155"),
        (Scheme::Fundref, "12345"),
        (Scheme::Fundref, "10.1000/501100000780"),
        (Scheme::Lei, "529900T8BM49AURSDO5"),
        (Scheme::Lei, "529900T8BM49AURSDOXX"),
        (Scheme::Local, ""),
        (Scheme::Local, "a\nb"),
        (Scheme::Grant, " "),
    ];
    for (scheme, text) in malformed {
        let fault = ExternalId::new(scheme, text).expect_err(text);
        assert_eq!(fault.code, "invalid_external_id", "{scheme}:{text}: {fault}");
        assert!(fault.detail.contains("Expected"), "{fault}");
    }
    let wrong_digit = [
        (Scheme::Ror, "02mhbdp95"),
        (Scheme::Ror, "02mhbdq94"),
        (Scheme::Isni, "0000000121032684"),
        (Scheme::Isni, "000000012103268X"),
        (Scheme::Isni, "0000000112032683"),
        (Scheme::Lei, "529900T8BM49AURSDO56"),
        (Scheme::Lei, "529900T8BM49AUSRDO55"),
    ];
    for (scheme, text) in wrong_digit {
        let fault = ExternalId::new(scheme, text).expect_err(text);
        assert_eq!(fault.code, "wrong_check_digit", "{fault}");
    }
    assert_eq!(
        ExternalId::new(Scheme::Local, &"x".repeat(201)).unwrap_err().code,
        "invalid_external_id"
    );
}

#[test]
fn text_form() {
    let id: ExternalId = "PIC:968823876".parse().unwrap();
    assert_eq!(id.to_string(), "pic:968823876");
    let id: ExternalId = "erasmus-plus:2018-1-IT02-KA201-048442".parse().unwrap();
    assert_eq!(id.to_string(), "erasmus_plus:2018-1-IT02-KA201-048442");
    let id: ExternalId = "ror:https://ror.org/02mhbdp94".parse().unwrap();
    assert_eq!(id.to_string(), "ror:02mhbdp94");
    let id: ExternalId = "local:a:b".parse().unwrap();
    assert_eq!(id.value(), "a:b");
    for (text, code) in [
        ("968823876", "invalid_external_id"),
        ("", "invalid_external_id"),
        ("pic:", "invalid_external_id"),
        ("https://ror.org/02mhbdp94", "unknown_scheme"),
        ("orcid:0000-0001-2345-6789", "unknown_scheme"),
    ] {
        assert_eq!(text.parse::<ExternalId>().expect_err(text).code, code, "{text}");
    }
}

#[test]
fn json_form() {
    let id: ExternalId = decode(&json!({"scheme": "PIC", "value": "968823876"})).unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), r#"{"scheme":"pic","value":"968823876"}"#);
    assert_eq!(decode::<ExternalId>(&json!("pic:968823876")), Ok(id));
    let faults = |body| {
        let faults = decode::<ExternalId>(&body).unwrap_err();
        faults.iter().map(|f| format!("{:?} {}", f.at, f.code)).collect::<Vec<_>>()
    };
    assert_eq!(
        faults(json!({"scheme": "pic", "value": "1"})),
        [r#"Pointer(Pointer("/value")) invalid_external_id"#]
    );
    assert_eq!(
        faults(json!({"scheme": "x", "id": "1"})),
        [
            r#"Pointer(Pointer("/scheme")) unknown_scheme"#,
            r#"Pointer(Pointer("/value")) required"#,
            r#"Pointer(Pointer("/id")) unknown_field"#
        ]
    );
    assert_eq!(
        faults(json!({"scheme": "pic", "value": 968_823_876})),
        [r#"Pointer(Pointer("/value")) wrong_type"#]
    );
    assert_eq!(faults(json!(5)), [r#"Pointer(Pointer("")) wrong_type"#]);
}

#[test]
fn labels_and_addresses() {
    let id = |text: &str| text.parse::<ExternalId>().unwrap();
    let labels = [
        ("pic:968823876", "PIC 968823876"),
        ("ror:02mhbdp94", "ROR 02mhbdp94"),
        ("isni:0000000121032683", "ISNI 0000 0001 2103 2683"),
        ("grid:grid.5591.8", "grid.5591.8"),
        ("local:A 1", "A 1"),
    ];
    for (text, label) in labels {
        assert_eq!(id(text).label(), label);
    }
    let addresses = [
        ("ror:02mhbdp94", Some("https://ror.org/02mhbdp94")),
        ("cordis:101004645", Some("https://cordis.europa.eu/project/id/101004645")),
        ("doi:10.1000/a?b#c<d>", Some("https://doi.org/10.1000/a%3Fb%23c%3Cd%3E")),
        ("fundref:501100000780", Some("https://doi.org/10.13039/501100000780")),
        (
            "erasmus_plus:2018-1-IT02-KA201-048442",
            Some(
                "https://erasmus-plus.ec.europa.eu/projects/search/details/2018-1-IT02-KA201-048442",
            ),
        ),
        ("erasmus_plus:101049842", None),
        ("vat:IT06835420966", None),
        ("rcn:221856", None),
        ("local:A 1", None),
    ];
    for (text, href) in addresses {
        assert_eq!(id(text).href().as_deref(), href, "{text}");
    }
    assert!(id("pic:968823876").href().unwrap().ends_with("/org-details/968823876"));
}

#[test]
fn only_vat_numbers_are_shared() {
    let shared: Vec<_> = Scheme::ALL.iter().filter(|scheme| !scheme.identifies()).collect();
    assert_eq!(shared, [&Scheme::Vat]);
}

#[test]
fn one_wrong_digit_is_always_noticed() {
    for (scheme, value) in [
        (Scheme::Isni, "0000000121032683"),
        (Scheme::Lei, "529900T8BM49AURSDO55"),
        (Scheme::Ror, "02mhbdp94"),
    ] {
        for (n, found) in value.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for digit in ('0'..='9').filter(|digit| *digit != found) {
                let mut wrong = value.to_owned();
                wrong.replace_range(n..=n, &digit.to_string());
                assert!(ExternalId::new(scheme, &wrong).is_err(), "{scheme} {wrong}");
            }
        }
    }
}
