//! Networks as GraphML: well-formed whatever the names are, and read back as they were.
#![no_main]

use consortia_domain::agreement::AgreementRef;
use consortia_domain::network::{ByAgreement, Neighbourhood, NetworkNode, NetworkTie};
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::scope::Scope;
use consortia_fuzz::{graphml, texts};
use libfuzzer_sys::fuzz_target;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use uuid::Uuid;

fuzz_target!(|input: &[u8]| {
    let texts = texts(input);
    let network = network(&texts);
    let read = read(&graphml(&network, &texts[0]));
    let said = |text: &str| text.chars().map(allowed).collect::<String>();
    let mut expected = vec![("graph_description".to_owned(), said(&texts[0]))];
    for node in &network.nodes {
        expected.push(("node_label".to_owned(), said(&node.organisation.label)));
        let short = node.organisation.short_name.as_deref();
        expected.extend(short.map(|short| ("node_short_name".to_owned(), said(short))));
    }
    for tie in &network.ties {
        let labels: Vec<_> = tie.agreements.iter().map(|of| said(&of.label)).collect();
        expected.push(("edge_agreements".to_owned(), labels.join("; ")));
    }
    assert_eq!(read, expected);
});

/// A character as XML can hold it.
fn allowed(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    }
}

/// A network in which all these texts occur.
fn network(texts: &[String]) -> Neighbourhood {
    let organisation = |n: usize, label: &String| OrganisationRef {
        id: Uuid::from_u128(n as u128).into(),
        label: label.clone(),
        short_name: texts.get(n + 1).cloned(),
        country: "IT".parse().ok(),
    };
    let nodes: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(n, label)| NetworkNode {
            organisation: organisation(n, label),
            external_ids: "pic:968823876".parse().into_iter().collect(),
            distance: 1,
            by_agreement: false,
            projects: 1,
            shared_projects: 1,
            community: None,
        })
        .collect();
    let ends = (nodes[0].organisation.id, nodes[nodes.len() - 1].organisation.id);
    let agreements = texts.iter().map(|label| AgreementRef {
        id: Uuid::nil().into(),
        label: label.clone(),
        kind: None,
        signed: None,
    });
    Neighbourhood {
        organisation: nodes[0].organisation.clone(),
        scope: Scope::default(),
        min_shared: 1,
        depth: 1,
        revision: 1,
        communities_revision: None,
        within_reach: 1,
        left_out: 0,
        rings: Vec::new(),
        by_agreement: ByAgreement::default(),
        unnamed: Vec::new(),
        ties: vec![NetworkTie::by_agreements(ends, agreements.collect())],
        nodes,
    }
}

/// The texts of the document, each with the key it is under.
fn read(document: &str) -> Vec<(String, String)> {
    const TEXTS: [&str; 4] =
        ["graph_description", "node_label", "node_short_name", "edge_agreements"];
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let (mut found, mut key, mut depth) = (Vec::new(), None, 0_i32);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(element) => {
                depth += 1;
                key = key_of(&element).filter(|key| TEXTS.contains(&key.as_str()));
                found.extend(key.iter().map(|key| (key.clone(), String::new())));
            }
            Event::Text(text) if key.is_some() => append(&mut found, &text),
            Event::GeneralRef(name) if key.is_some() => {
                let entity = format!("&{};", &*name);
                append(&mut found, &quick_xml::escape::unescape(&entity).expect("a character"));
            }
            Event::End(_) => (depth, key) = (depth - 1, None),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element ends");
    found
}

fn append(found: &mut [(String, String)], text: &str) {
    found.last_mut().expect("it has begun").1.push_str(text);
}

fn key_of(element: &BytesStart<'_>) -> Option<String> {
    let attribute = |name: &str| element.try_get_attribute(name).expect("well-formed");
    let key = attribute("key").filter(|_| element.name().as_ref() == "data")?;
    Some(key.value.into_owned())
}
