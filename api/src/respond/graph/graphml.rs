//! GraphML, which Gephi, yEd, igraph, networkx and Cytoscape read.
//!
//! Source: the GraphML primer, <http://graphml.graphdrawing.org/primer/graphml-primer.html>.

use super::words::{agreements, identifiers};
use crate::xml::{allowed, begin};
use consortia_domain::network::{Neighbourhood, NetworkNode, NetworkTie};
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::io;

/// The attributes: of what, name, type.
const KEYS: [(&str, &str, &str); 14] = [
    ("graph", "description", "string"),
    ("node", "label", "string"),
    ("node", "short_name", "string"),
    ("node", "country", "string"),
    ("node", "external_ids", "string"),
    ("node", "distance", "int"),
    ("node", "projects", "int"),
    ("node", "shared_projects", "int"),
    ("node", "community", "int"),
    ("node", "by_agreement", "boolean"),
    ("edge", "weight", "double"),
    ("edge", "fractional_weight", "double"),
    ("edge", "kind", "string"),
    ("edge", "agreements", "string"),
];

type Xml = Writer<Vec<u8>>;

pub(super) fn document(found: &Neighbourhood, about: &str) -> io::Result<Vec<u8>> {
    let mut writer = begin()?;
    let namespace = ("xmlns", "http://graphml.graphdrawing.org/xmlns");
    let root = writer.create_element("graphml").with_attribute(namespace);
    root.write_inner_content(|writer| {
        for (of, name, kind) in KEYS {
            let key =
                writer.create_element("key").with_attribute(("id", key_of(of, name).as_str()));
            let key = key.with_attribute(("for", of)).with_attribute(("attr.name", name));
            key.with_attribute(("attr.type", kind)).write_empty()?;
        }
        let graph = writer.create_element("graph").with_attribute(("id", "network"));
        graph.with_attribute(("edgedefault", "undirected")).write_inner_content(|writer| {
            data(writer, "graph", "description", Some(about))?;
            found.nodes.iter().try_for_each(|of| node(writer, of))?;
            found.ties.iter().try_for_each(|of| edge(writer, of))
        })?;
        Ok(())
    })?;
    Ok(writer.into_inner())
}

/// Keys of nodes and edges share a space of names.
fn key_of(of: &str, name: &str) -> String {
    format!("{of}_{name}")
}

/// The value of an attribute; what is unknown is left out.
fn data(writer: &mut Xml, of: &str, name: &str, value: Option<impl ToString>) -> io::Result<()> {
    if let Some(value) = value {
        let element = writer.create_element("data");
        let element = element.with_attribute(("key", key_of(of, name).as_str()));
        element.write_text_content(BytesText::new(&allowed(&value.to_string())))?;
    }
    Ok(())
}

fn node(writer: &mut Xml, of: &NetworkNode) -> io::Result<()> {
    let id = of.organisation.id.to_string();
    let element = writer.create_element("node").with_attribute(("id", id.as_str()));
    element.write_inner_content(|writer| {
        data(writer, "node", "label", Some(&of.organisation.label))?;
        data(writer, "node", "short_name", of.organisation.short_name.as_ref())?;
        data(writer, "node", "country", of.organisation.country)?;
        data(writer, "node", "external_ids", identifiers(of))?;
        data(writer, "node", "distance", Some(of.distance))?;
        data(writer, "node", "projects", Some(of.projects))?;
        data(writer, "node", "shared_projects", Some(of.shared_projects))?;
        data(writer, "node", "community", of.community)?;
        data(writer, "node", "by_agreement", Some(of.by_agreement))
    })?;
    Ok(())
}

fn edge(writer: &mut Xml, of: &NetworkTie) -> io::Result<()> {
    let (source, target) = (of.source.to_string(), of.target.to_string());
    let element = writer.create_element("edge").with_attribute(("source", source.as_str()));
    element.with_attribute(("target", target.as_str())).write_inner_content(|writer| {
        // Without a weight programs take 1; an agreement is no shared project.
        data(writer, "edge", "weight", Some(of.shared_projects.unwrap_or(0)))?;
        data(writer, "edge", "fractional_weight", of.fractional_weight)?;
        data(writer, "edge", "kind", Some(of.kind))?;
        data(writer, "edge", "agreements", agreements(of))
    })?;
    Ok(())
}
