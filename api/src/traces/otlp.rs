//! Spans as a collector takes them: OTLP over HTTP, in its JSON encoding.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp/>, and the names in
//! <https://opentelemetry.io/docs/specs/semconv/>.

use super::span::{Attribute, Span};
use crate::agent::agent;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Time for a collector to take some spans.
const TIME: Duration = Duration::from_secs(5);
/// Most bytes of its answer that are looked at.
const LARGEST: u64 = 10_000;
/// The status of what failed.
const ERROR: u8 = 2;

/// Sends spans to one address.
pub(super) struct Sender {
    agent: ureq::Agent,
    address: String,
    resource: Value,
}

/// What became of spans that were sent.
pub(super) struct Outcome {
    /// How many were taken.
    pub(super) taken: u64,
    /// Why the others were not.
    pub(super) fault: Option<String>,
}

impl Sender {
    /// Sends to the collector at `endpoint`.
    pub(super) fn new(endpoint: &str) -> Self {
        let resource = attributes(&[
            ("service.name", Attribute::Text("consortia".into())),
            ("service.version", Attribute::Text(env!("CARGO_PKG_VERSION").into())),
            ("service.instance.id", Attribute::Text(Uuid::now_v7().to_string().into())),
        ]);
        Self {
            // What the environment says of proxies is for asking others, not for this.
            agent: agent(TIME).proxy(None).build().new_agent(),
            address: format!("{}/v1/traces", endpoint.trim_end_matches('/')),
            resource: json!({"attributes": resource}),
        }
    }

    /// Sends `spans` once: who does not take them now has lost them.
    pub(super) fn send(&self, spans: &[Span]) -> Outcome {
        let lost = |fault: &dyn std::fmt::Display| Outcome {
            taken: 0,
            fault: Some(format!("{}: {fault}", self.address)),
        };
        let body = self.body(spans).to_string();
        let request = self.agent.post(&self.address).content_type("application/json");
        let answer = match request.send(body) {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return lost(&answer.status()),
            Err(error) => return lost(&error),
        };
        let said = answer.into_body().into_with_config().limit(LARGEST).read_to_vec();
        let said = said.ok().and_then(|said| serde_json::from_slice::<Value>(&said).ok());
        let refused = said.as_ref().and_then(refused).unwrap_or(0).min(spans.len() as u64);
        let fault = (refused > 0).then(|| format!("{} refuses some", self.address));
        Outcome { taken: spans.len() as u64 - refused, fault }
    }

    fn body(&self, spans: &[Span]) -> Value {
        let spans: Vec<Value> = spans.iter().map(span).collect();
        let scope = json!({"name": "consortia", "version": env!("CARGO_PKG_VERSION")});
        let of_scope = json!({"scope": scope, "spans": spans});
        json!({"resourceSpans": [{"resource": self.resource, "scopeSpans": [of_scope]}]})
    }
}

/// How many spans a collector says it did not take.
fn refused(said: &Value) -> Option<u64> {
    // Numbers of 64 bits are texts in this encoding, but not everybody's.
    match said.get("partialSuccess")?.get("rejectedSpans")? {
        Value::String(number) => number.parse().ok(),
        number => number.as_u64(),
    }
}

fn span(span: &Span) -> Value {
    let parent = span.parent.map_or_else(String::new, |id| format!("{id:016x}"));
    let status = if span.failed { json!({"code": ERROR}) } else { json!({}) };
    json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "parentSpanId": parent,
        "name": span.name,
        "kind": span.kind as u8,
        "startTimeUnixNano": span.start.to_string(),
        "endTimeUnixNano": span.end.to_string(),
        "attributes": attributes(&span.attributes),
        "status": status,
    })
}

fn attributes(attributes: &[(&str, Attribute)]) -> Vec<Value> {
    let attribute = |(name, value): &(&str, Attribute)| match value {
        Attribute::Text(text) => json!({"key": name, "value": {"stringValue": text}}),
        Attribute::Number(number) => {
            json!({"key": name, "value": {"intValue": number.to_string()}})
        }
    };
    attributes.iter().map(attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::refused;
    use serde_json::json;

    #[test]
    fn collectors_tell_what_they_refuse_as_text_or_number() {
        for (said, expected) in [
            (json!({}), None),
            (json!({"partialSuccess": {}}), None),
            (json!({"partialSuccess": {"rejectedSpans": "3"}}), Some(3)),
            (json!({"partialSuccess": {"rejectedSpans": 3}}), Some(3)),
        ] {
            assert_eq!(refused(&said), expected, "{said}");
        }
    }
}
