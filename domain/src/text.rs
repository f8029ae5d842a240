//! Texts: what a name, an abstract, a code or a web address may be, and how texts are
//! folded so that searching does not depend on accents and case.

mod folding;
mod formula;
mod lines;
mod web_address;

pub use folding::{search_key, search_tokens};
pub use formula::{guarded, unguarded};
pub(crate) use lines::is_invisible;
pub use lines::{Code, Line, Prose};
pub use web_address::WebAddress;

/// `text` as shown inside a message: quoted, without control characters, cut when long.
#[must_use]
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let visible = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
    let mut cut: String = visible.clone().take(LONGEST).collect();
    if visible.count() > LONGEST {
        cut.push('…');
    }
    format!("'{cut}'")
}

/// Gives a type with `Display` and `FromStr<Err = Invalid>` its JSON face: a string.
///
/// Implements `Serialize`, [`Decode`](crate::Decode), `PartialSchema` and `ToSchema`.
/// `pattern` and `max_length`, where given, only tell clients what `FromStr` enforces.
macro_rules! json_string {
    ($type:ty, $description:literal, $example:literal
        $(, pattern = $pattern:expr)? $(, max_length = $max_length:expr)?) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some($description))
                    .examples([$example])
                    $(.pattern(Some($pattern)))?
                    $(.max_length(Some($max_length)))?
                    .into()
            }
        }

        impl utoipa::ToSchema for $type {}

        $crate::decode_from_str!($type);
    };
}
pub(crate) use json_string;
