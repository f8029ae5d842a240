//! GEXF 1.3, the format of Gephi.
//!
//! Source: the GEXF primer and schema, <https://gexf.net/>.

use super::words::{agreements, identifiers};
use crate::xml::{allowed, begin};
use consortia_domain::network::{Neighbourhood, NetworkNode, NetworkTie};
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::io;

/// The attributes of nodes, numbered by their places: name, type.
const OF_NODES: [(&str, &str); 8] = [
    ("short_name", "string"),
    ("country", "string"),
    ("external_ids", "string"),
    ("distance", "integer"),
    ("projects", "integer"),
    ("shared_projects", "integer"),
    ("community", "integer"),
    ("by_agreement", "boolean"),
];
/// The attributes of edges besides their weight.
const OF_EDGES: [(&str, &str); 3] =
    [("fractional_weight", "double"), ("kind", "string"), ("agreements", "string")];

type Xml = Writer<Vec<u8>>;

pub(super) fn document(found: &Neighbourhood, about: &str) -> io::Result<Vec<u8>> {
    let mut writer = begin()?;
    let root = writer.create_element("gexf").with_attribute(("xmlns", "http://gexf.net/1.3"));
    root.with_attribute(("version", "1.3")).write_inner_content(|writer| {
        let meta = writer.create_element("meta");
        meta.write_inner_content(|writer| {
            writer.create_element("creator").write_text_content(BytesText::new("Consortia"))?;
            let element = writer.create_element("description");
            element.write_text_content(BytesText::new(&allowed(about)))?;
            Ok(())
        })?;
        let graph =
            writer.create_element("graph").with_attribute(("defaultedgetype", "undirected"));
        graph.write_inner_content(|writer| {
            attributes(writer, "node", &OF_NODES)?;
            attributes(writer, "edge", &OF_EDGES)?;
            writer.create_element("nodes").write_inner_content(|writer| {
                found.nodes.iter().try_for_each(|of| node(writer, of))
            })?;
            writer.create_element("edges").write_inner_content(|writer| {
                (0..).zip(&found.ties).try_for_each(|(n, of)| edge(writer, n, of))
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(writer.into_inner())
}

fn attributes(writer: &mut Xml, of: &str, all: &[(&str, &str)]) -> io::Result<()> {
    let element = writer.create_element("attributes").with_attribute(("class", of));
    element.write_inner_content(|writer| {
        for (n, (title, kind)) in all.iter().enumerate() {
            let number = n.to_string();
            let attribute = writer.create_element("attribute");
            let attribute = attribute.with_attribute(("id", number.as_str()));
            attribute
                .with_attribute(("title", *title))
                .with_attribute(("type", *kind))
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The values there are, by the places of their attributes.
fn values(writer: &mut Xml, all: &[Option<String>]) -> io::Result<()> {
    writer.create_element("attvalues").write_inner_content(|writer| {
        for (n, value) in all.iter().enumerate() {
            let Some(value) = value else { continue };
            let number = n.to_string();
            let element =
                writer.create_element("attvalue").with_attribute(("for", number.as_str()));
            element.with_attribute(("value", allowed(value).as_ref())).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn node(writer: &mut Xml, of: &NetworkNode) -> io::Result<()> {
    let id = of.organisation.id.to_string();
    let element = writer.create_element("node").with_attribute(("id", id.as_str()));
    let label = allowed(&of.organisation.label);
    element.with_attribute(("label", label.as_ref())).write_inner_content(|writer| {
        let all = [
            of.organisation.short_name.clone(),
            of.organisation.country.map(|country| country.to_string()),
            identifiers(of),
            Some(of.distance.to_string()),
            Some(of.projects.to_string()),
            Some(of.shared_projects.to_string()),
            of.community.map(|number| number.to_string()),
            Some(of.by_agreement.to_string()),
        ];
        values(writer, &all)
    })?;
    Ok(())
}

fn edge(writer: &mut Xml, number: usize, of: &NetworkTie) -> io::Result<()> {
    // Without a weight programs take 1; an agreement is no shared project.
    let (id, weight) = (number.to_string(), of.shared_projects.unwrap_or(0).to_string());
    let (source, target) = (of.source.to_string(), of.target.to_string());
    let element = writer.create_element("edge").with_attribute(("id", id.as_str()));
    let element = element.with_attribute(("source", source.as_str()));
    let element = element.with_attribute(("target", target.as_str()));
    let element = element.with_attribute(("kind", of.kind.code()));
    element.with_attribute(("weight", weight.as_str())).write_inner_content(|writer| {
        let fractional = of.fractional_weight.map(|weight| weight.to_string());
        values(writer, &[fractional, Some(of.kind.to_string()), agreements(of)])
    })?;
    Ok(())
}
