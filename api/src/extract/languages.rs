//! The languages a client asks for.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use consortia_domain::language::LanguageTag;

/// The most languages of one request that are looked at.
const MOST: usize = 20;

/// The languages `Accept-Language` names (RFC 9110, section 12.5.4), best first. What is no
/// language is passed over, and so is `*`: there is always a fallback.
pub(crate) fn languages(headers: &HeaderMap) -> Vec<LanguageTag> {
    let given = headers.get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    let mut asked: Vec<(u16, LanguageTag)> = given
        .flat_map(|value| value.split(','))
        .take(MOST)
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let language = parts.next()?.parse().ok()?;
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1.0), |q| q.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)))?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 1000"
            )]
            let thousandths = (quality * 1000.0) as u16;
            (thousandths > 0).then_some((thousandths, language))
        })
        .collect();
    asked.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    asked.into_iter().map(|(_, language)| language).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn asked(value: &'static str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static(value));
        languages(&headers).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_best_come_first_and_what_is_refused_does_not() {
        assert_eq!(asked("it"), ["it"]);
        assert_eq!(asked("en;q=0.5, it-IT, de;q=0.8"), ["it-IT", "de", "en"]);
        assert_eq!(asked("fr;q=0, *;q=0.5, pt"), ["pt"]);
        assert!(asked("*").is_empty() && asked(";;q=2,,").is_empty());
    }
}
