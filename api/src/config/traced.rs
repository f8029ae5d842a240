//! The settings of traces.

use super::layers::{Layered, Raw};
use super::values;

/// Where traces go, and how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// The collector's address, to which `/v1/traces` is added.
    pub endpoint: String,
    /// The share of requests that are recorded where who asks does not say, 0 to 1.
    pub sample_ratio: f64,
}

impl Traced {
    /// Reads them; `None` when no collector is named.
    pub(super) fn read(layered: &mut Layered) -> Option<Self> {
        let endpoint = layered.read_with("otlp_endpoint", endpoint);
        let sample_ratio = layered.read_with("otlp_sample_ratio", ratio);
        (!endpoint.is_empty()).then_some(Self { endpoint, sample_ratio })
    }
}

fn endpoint(raw: &Raw) -> Result<String, String> {
    let expected = "the http:// or https:// address of a collector, such as \
                    http://127.0.0.1:4318, without user and password, or nothing";
    match values::public_url(raw) {
        Ok(address) if !address.contains('@') => Ok(address),
        _ => Err(expected.to_owned()),
    }
}

fn ratio(raw: &Raw) -> Result<f64, String> {
    let ratio = raw.to_string().trim().parse().ok();
    ratio.filter(|ratio| (0.0..=1.0).contains(ratio)).ok_or_else(|| "a number from 0 to 1".into())
}
