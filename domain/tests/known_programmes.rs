//! The programmes that ship with the registry: a sound tree that real data finds its way in.

use consortia_domain::known_programmes::{KnownProgramme, known_programmes};
use consortia_domain::period::Bound;
use consortia_domain::programme::{ProgrammeLevel, code_key};
use consortia_domain::text::Line;
use std::collections::HashMap;

/// Every legal basis in the Horizon 2020 data of December 2020.
const H2020_LEGAL_BASES: &str = "\
    H2020-EC H2020-EU.1.1. H2020-EU.1.2. H2020-EU.1.2.1. H2020-EU.1.2.2. H2020-EU.1.2.3. \
    H2020-EU.1.3. H2020-EU.1.3.1. H2020-EU.1.3.2. H2020-EU.1.3.3. H2020-EU.1.3.4. \
    H2020-EU.1.3.5. H2020-EU.1.4. H2020-EU.1.4.1.1. H2020-EU.1.4.1.2. H2020-EU.1.4.1.3. \
    H2020-EU.1.4.2.1. H2020-EU.1.4.2.2. H2020-EU.1.4.3. H2020-EU.1.4.3.1. H2020-EU.1.4.3.2. \
    H2020-EU.2. H2020-EU.2.1. H2020-EU.2.1.1. H2020-EU.2.1.1.1. H2020-EU.2.1.1.3. \
    H2020-EU.2.1.1.4. H2020-EU.2.1.1.5. H2020-EU.2.1.1.6. H2020-EU.2.1.1.7. H2020-EU.2.1.2. \
    H2020-EU.2.1.2.1. H2020-EU.2.1.2.2. H2020-EU.2.1.2.3. H2020-EU.2.1.2.4. H2020-EU.2.1.2.5. \
    H2020-EU.2.1.3. H2020-EU.2.1.3.1. H2020-EU.2.1.3.2. H2020-EU.2.1.3.4. H2020-EU.2.1.3.5. \
    H2020-EU.2.1.3.7. H2020-EU.2.1.4. H2020-EU.2.1.5. H2020-EU.2.1.5.1. H2020-EU.2.1.5.2. \
    H2020-EU.2.1.5.3. H2020-EU.2.1.5.4. H2020-EU.2.1.6. H2020-EU.2.1.6.1. H2020-EU.2.1.6.4. \
    H2020-EU.2.2. H2020-EU.2.3. H2020-EU.2.3.1. H2020-EU.2.3.2. H2020-EU.2.3.2.1. \
    H2020-EU.2.3.2.2. H2020-EU.3. H2020-EU.3.1. H2020-EU.3.1.1. H2020-EU.3.1.2. H2020-EU.3.2. \
    H2020-EU.3.2.6. H2020-EU.3.3. H2020-EU.3.3.1. H2020-EU.3.3.1.3. H2020-EU.3.3.2. \
    H2020-EU.3.3.2.1. H2020-EU.3.3.2.2. H2020-EU.3.3.2.3. H2020-EU.3.3.2.4. H2020-EU.3.3.3. \
    H2020-EU.3.3.3.1. H2020-EU.3.3.3.3. H2020-EU.3.3.4. H2020-EU.3.3.5. H2020-EU.3.3.6. \
    H2020-EU.3.3.7. H2020-EU.3.3.8.1. H2020-EU.3.3.8.2. H2020-EU.3.3.8.3. H2020-EU.3.4. \
    H2020-EU.3.4.5.1. H2020-EU.3.4.5.2. H2020-EU.3.4.5.3. H2020-EU.3.4.5.4. H2020-EU.3.4.5.5. \
    H2020-EU.3.4.5.6. H2020-EU.3.4.6.1. H2020-EU.3.5. H2020-EU.3.5.1. H2020-EU.3.5.2. \
    H2020-EU.3.5.3. H2020-EU.3.5.4. H2020-EU.3.5.5. H2020-EU.3.6. H2020-EU.3.6.3. H2020-EU.3.7. \
    H2020-EU.4. H2020-EU.4.a. H2020-EU.4.b. H2020-EU.4.c. H2020-EU.4.f. H2020-EU.5. \
    H2020-EU.5.a. H2020-EU.5.b. H2020-EU.5.c. H2020-EU.5.f. H2020-Euratom H2020-Euratom-1.1. \
    H2020-Euratom-1.2. H2020-Euratom-1.3. H2020-Euratom-1.4. H2020-Euratom-1.8. \
";

/// Every legal basis in the Horizon Europe samples of 2025.
const HORIZON_LEGAL_BASES: &str = "\
    EURATOM.1.2 EURATOM.1.2.2 EURATOM2027 HORIZON.1.1 HORIZON.1.3 HORIZON.1.3.1 HORIZON.1.3.2 \
    HORIZON.1.3.4 HORIZON.2.3 HORIZON.3.2 HORIZON.3.2.3 HORIZON.3.3 HORIZON.4.2 HORIZON.4.2.3 \
    HORIZON.4.2.4 HORIZON.4.2.6 \
";

/// Every funding scheme in those two, and in the FP7 sample of 2021.
const FUNDING_SCHEMES: &str = "\
    BBI-IA-DEMO BBI-IA-FLAG BBI-RIA BSG-SME COFUND-EJP COFUND-PCP COFUND-PPI CP-FP CS2-IA \
    CS2-RIA CSA CSA-LS CSA-SA ECSEL-IA ECSEL-RIA ERA-NET-Cofund ERC-ADG ERC-AG ERC-COG ERC-LVG \
    ERC-POC ERC-POC-LS ERC-SG ERC-STG EURATOM-CSA FCH2-CSA FCH2-IA FCH2-RIA HORIZON-CSA \
    HORIZON-EIT-KIC HORIZON-ERC HORIZON-ERC-SYG HORIZON-RIA IA IMI2-RIA MC-CIG MC-ERG MC-IAPP \
    MC-IEF MC-IIF MC-IOF MC-IRG MSCA-COFUND-DP MSCA-COFUND-FP MSCA-IF-EF-CAR MSCA-IF-EF-RI \
    MSCA-IF-EF-ST MSCA-IF-GF MSCA-ITN-EID MSCA-ITN-EJD MSCA-ITN-ETN MSCA-RISE RIA SESAR-IA \
    SGA-CSA SGA-RIA SME-1 SME-2 SME-2b \
";

/// Codes and aliases, as they are compared, to the programme they lead to.
fn by_key() -> HashMap<String, &'static KnownProgramme> {
    let mut keys = HashMap::new();
    for programme in known_programmes() {
        let aliases = programme.content.aliases.iter().map(Line::as_str);
        let mut own: Vec<String> =
            std::iter::once(programme.code.as_str()).chain(aliases).map(code_key).collect();
        own.sort();
        own.dedup();
        for key in own {
            assert!(!key.is_empty());
            if let Some(other) = keys.insert(key.clone(), programme) {
                panic!("{key:?} leads to {} and to {}", other.code, programme.code);
            }
        }
    }
    keys
}

#[test]
fn the_tree_is_sound() {
    let keys = by_key();
    let mut before: HashMap<&str, &KnownProgramme> = HashMap::new();
    for programme in known_programmes() {
        let code = programme.code.as_str();
        let content = &programme.content;
        assert_eq!(content.code.as_ref(), Some(&programme.code));
        assert!(!content.titles.is_empty(), "{code} has a title");
        assert!(content.parent_id.is_none() && content.funder_ids.is_empty());
        let level = content.level.unwrap_or_else(|| panic!("{code} has a level"));
        if let Some(parent) = &programme.parent_code {
            let parent = before
                .get(parent.as_str())
                .unwrap_or_else(|| panic!("{code}: its parent {parent} does not stand before it"));
            let parent_level = parent.content.level.unwrap();
            assert!(parent_level <= level, "{code}: a {level} below a {parent_level}");
            // No part outlasts its whole.
            if let (Bound::Date(own), Bound::Date(whole)) =
                (content.period.start(), parent.content.period.start())
            {
                assert!(whole <= own, "{code} starts before {}", parent.code);
            }
            if let (Bound::Date(own), Bound::Date(whole)) =
                (content.period.end(), parent.content.period.end())
            {
                assert!(own <= whole, "{code} ends after {}", parent.code);
            }
        } else {
            assert_eq!(level, ProgrammeLevel::Funder, "{code}");
        }
        assert!(before.insert(code, programme).is_none(), "{code} is there twice");
    }
    assert!(keys.len() > known_programmes().len(), "aliases lead somewhere too");
}

#[test]
fn names_people_use_find_their_programme() {
    let keys = by_key();
    for (text, code) in [
        ("EC", "EC"),
        ("h2020", "H2020"),
        ("FP8", "H2020"),
        ("Orizzonte 2020", "H2020"),
        ("7PQ", "FP7"),
        ("Erasmus Plus", "ERASMUS+"),
        ("Erasmus+", "ERASMUS+"),
        ("KA 2", "KA2"),
        ("ka-2", "KA2"),
        ("Key Action 2", "KA2"),
        ("Key Activity 2", "KA2"),
        ("Activity Key 2", "KA2"),
        ("Azione chiave 2", "KA2"),
        ("Cooperation for innovation and the exchange of good practices", "KA2"),
        ("KA220 ADU", "KA220-ADU"),
        ("FAMI", "AMIF"),
        ("FAMI 2014-2020", "AMIF 2014-2020"),
        ("FSE", "ESF"),
        ("ESF+", "ESF+"),
        ("EASI", "EaSI"),
        ("Rights, Equality and Citizenship Programme", "REC"),
        ("European Integration Fund", "EIF"),
    ] {
        let key = code_key(text);
        let found = keys.get(&key).or_else(|| {
            known_programmes().iter().find_map(|programme| {
                let mut titles = programme.content.titles.iter();
                titles
                    .any(|(_, title)| code_key(title.as_str()) == key)
                    .then(|| &keys[&code_key(programme.code.as_str())])
            })
        });
        assert_eq!(found.map(|programme| programme.code.as_str()), Some(code), "{text}");
    }
}

#[test]
fn every_legal_basis_of_real_data_is_known_or_has_a_known_ancestor() {
    let keys = by_key();
    let mut unknown = Vec::new();
    for code in H2020_LEGAL_BASES.split_whitespace().chain(HORIZON_LEGAL_BASES.split_whitespace()) {
        if keys.contains_key(&code_key(code)) {
            continue;
        }
        unknown.push(code);
        let mut rest = code.trim_end_matches('.');
        let ancestor = loop {
            let Some((shorter, _)) = rest.rsplit_once('.') else { break None };
            if let Some(found) = keys.get(&code_key(shorter)) {
                break Some(found);
            }
            rest = shorter;
        };
        assert!(ancestor.is_some(), "{code} has no known ancestor");
    }
    assert_eq!(
        unknown,
        ["H2020-EU.3.3.8.1.", "H2020-EU.3.3.8.2.", "H2020-EU.3.3.8.3.", "H2020-EU.3.4.6.1.",],
        "these alone are left to be created when met"
    );
}

#[test]
fn every_funding_scheme_of_real_data_is_a_type_of_action() {
    let keys = by_key();
    for code in FUNDING_SCHEMES.split_whitespace() {
        let found = keys.get(&code_key(code)).unwrap_or_else(|| panic!("{code} is unknown"));
        assert_eq!(found.content.level, Some(ProgrammeLevel::TypeOfAction), "{code}");
    }
}

#[test]
fn facts_spelled_out() {
    let keys = by_key();
    let amif = &keys["amif20142020"].content;
    assert_eq!(amif.budget.unwrap().to_string(), "EUR 3,137,000,000.00");
    assert_eq!(amif.period.to_string(), "2014/2020");
    let h2020 = &keys["h2020"].content;
    assert_eq!(h2020.titles.get(&"it".parse().unwrap()).unwrap().as_str(), "Orizzonte 2020");
    assert_eq!(keys["h2020eu.3.6.1.2"].parent_code.as_ref().unwrap().as_str(), "H2020-EU.3.6.1.");
    assert_eq!(keys["ec"].content.external_ids[0].to_string(), "ror:00k4n6c32");
    assert!(keys["esf"].content.period.start().is_unknown());
}
