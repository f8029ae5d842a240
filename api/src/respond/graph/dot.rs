//! DOT, the language of Graphviz.
//!
//! Source: <https://graphviz.org/doc/info/lang.html>.

use super::words::{agreements, identifiers};
use consortia_domain::network::Neighbourhood;
use std::fmt::Write as _;

pub(super) fn document(found: &Neighbourhood, about: &str) -> String {
    let mut text = format!("graph network {{\n  comment={};\n", quoted(about));
    // Writing to a String cannot fail.
    for node in &found.nodes {
        let of = &node.organisation;
        let name = of.short_name.as_ref().unwrap_or(&of.label);
        let _ = write!(text, "  {} [label={}", quoted(&of.id.to_string()), quoted(name));
        let _ = write!(text, ", tooltip={}", quoted(&of.label));
        if let Some(country) = of.country {
            let _ = write!(text, ", country={country}");
        }
        if let Some(identifiers) = identifiers(node) {
            let _ = write!(text, ", external_ids={}", quoted(&identifiers));
        }
        let (distance, projects) = (node.distance, node.projects);
        let _ = write!(text, ", distance={distance}, projects={projects}");
        if node.by_agreement {
            text.push_str(", by_agreement=true");
        }
        if let Some(community) = node.community {
            let _ = write!(text, ", community={community}");
        }
        text.push_str("];\n");
    }
    for tie in &found.ties {
        let (source, target) = (quoted(&tie.source.to_string()), quoted(&tie.target.to_string()));
        let (kind, weight) = (tie.kind, tie.shared_projects.unwrap_or(0));
        let _ = write!(text, "  {source} -- {target} [weight={weight}, kind={kind}");
        if let Some(fractional) = tie.fractional_weight {
            let _ = write!(text, ", fractional_weight={fractional}");
        }
        if let Some(agreements) = agreements(tie) {
            let _ = write!(text, ", style=dashed, agreements={}", quoted(&agreements));
        }
        text.push_str("];\n");
    }
    text.push_str("}\n");
    text
}

/// `text` in quotes. Within them only a quote is special to the language, and a backslash to
/// labels; what breaks a line there becomes a blank.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_text_ends_its_quotes() {
        assert_eq!(quoted("a \"b\" \\"), "\"a \\\"b\\\" \\\\\"");
        assert_eq!(quoted("a\nb"), "\"a b\"");
    }
}
