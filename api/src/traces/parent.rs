//! The trace a request belongs to already, as its header says (W3C Trace Context).

use actix_web::http::header::HeaderMap;

/// What a `traceparent` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    /// The trace.
    pub(crate) trace: u128,
    /// The span of whoever asks.
    pub(super) span: u64,
    /// Whether they record it.
    pub(super) sampled: bool,
}

impl Parent {
    /// What the header says, when it is there and sound.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let known = version != "00" || parts.next().is_none();
        let (version, flags) = (hex(version, 2)?, hex(flags, 2)?);
        let (trace, span) = (hex(trace, 32)?, u64::try_from(hex(span, 16)?).ok()?);
        let sound = known && version != 0xff && trace != 0 && span != 0;
        sound.then_some(Self { trace, span, sampled: flags & 1 == 1 })
    }
}

/// The number that `text` is, in `length` hexadecimal digits in lower case.
fn hex(text: &str, length: usize) -> Option<u128> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    (text.len() == length && digits).then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::Parent;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    fn parent(text: &str) -> Option<Parent> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(text).expect("a header");
        headers.insert(HeaderName::from_static("traceparent"), value);
        Parent::of(&headers)
    }

    #[test]
    fn only_what_is_sound_is_believed() {
        const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
        const SPAN: &str = "b7ad6b7169203331";
        let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
        let found = |sampled| Some(Parent { trace, span: 0xb7ad_6b71_6920_3331, sampled });
        assert_eq!(parent(&format!("00-{TRACE}-{SPAN}-01")), found(true));
        assert_eq!(parent(&format!("00-{TRACE}-{SPAN}-00")), found(false));
        // A later version may say more.
        assert_eq!(parent(&format!("cc-{TRACE}-{SPAN}-03-more")), found(true));
        for unsound in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}-+7ad6b7169203331-01"),
        ] {
            assert_eq!(parent(&unsound), None, "{unsound}");
        }
    }
}
