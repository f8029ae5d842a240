//! Closed lists of terms: each a Rust enum, a JSON string and an entry of `/vocabularies`.

use crate::country::Country;
use crate::money::Currency;
use serde::Serialize;
use utoipa::ToSchema;

/// One term of a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Term {
    /// The code used in JSON and in filters, `lower_snake_case`.
    #[schema(example = "coordinator")]
    pub code: String,
    /// The term as people write it, in English.
    #[schema(example = "Coordinator")]
    pub label: String,
}

/// A closed list of terms the API accepts and returns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Vocabulary {
    /// Name of the list, as fields refer to it.
    #[schema(example = "role")]
    pub name: String,
    /// What the list is for, and where it comes from.
    pub description: String,
    /// Its terms, in the order people expect them.
    pub terms: Vec<Term>,
}

/// Declares an enum that is a vocabulary.
///
/// Gives `ALL`, `code()`, `label()`, `vocabulary()`, `Display` (the code),
/// `FromStr<Err = Invalid>` (case, blanks and hyphens do not matter), serde as the code,
/// [`Decode`](crate::decode::Decode) and `ToSchema`.
#[macro_export]
macro_rules! vocabulary {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident: $list:literal {
            $($(#[doc = $term_doc:literal])* $term:ident = $code:literal, $label:literal;)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
        )]
        pub enum $name {
            $(
                #[doc = $label]
                $(#[doc = $term_doc])*
                #[serde(rename = $code)]
                $term,
            )+
        }

        impl $name {
            /// Every term, in the order people expect them.
            pub const ALL: &'static [Self] = &[$(Self::$term),+];

            /// The code used in JSON, filters and the database.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$term => $code,)+ }
            }

            /// The term as people write it, in English.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$term => $label,)+ }
            }

            /// The whole list, as `/vocabularies` shows it.
            #[must_use]
            pub fn vocabulary() -> $crate::vocabulary::Vocabulary {
                $crate::vocabulary::Vocabulary {
                    name: $list.to_owned(),
                    description: [$($doc),+].map(str::trim).join(" "),
                    terms: Self::ALL.iter().map(|term| $crate::vocabulary::Term {
                        code: term.code().to_owned(),
                        label: term.label().to_owned(),
                    }).collect(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let wanted = $crate::vocabulary::fold_code(text);
                Self::ALL.iter().copied().find(|term| term.code() == wanted).ok_or_else(|| {
                    let allowed = [$($code),+].join(", ");
                    $crate::error::Invalid::new(
                        concat!("unknown_", $list),
                        format!("'{text}' is not a known {}. Allowed: {allowed}.", $list.replace('_', " ")),
                    )
                })
            }
        }

        // Not derived: utoipa does not see the codes that a macro hands over and would list
        // the names of the variants.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some([$($doc),+].map(str::trim).join(" ")))
                    .enum_values(Some([$($code),+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        $crate::decode_from_str!($name);
    };
}

/// `text` as a code would be written: lower case, with `_` for blanks and hyphens.
#[must_use]
pub fn fold_code(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Every vocabulary of the registry, in the order of the documentation.
#[must_use]
pub fn vocabularies() -> Vec<Vocabulary> {
    vec![
        crate::organisation_type::OrganisationType::vocabulary(),
        crate::organisation_type::OrganisationKind::vocabulary(),
        crate::organisation_type::Sector::vocabulary(),
        crate::organisation_type::OrganisationStatus::vocabulary(),
        crate::organisation::NameKind::vocabulary(),
        crate::programme::ProgrammeLevel::vocabulary(),
        crate::project::ProjectStatus::vocabulary(),
        crate::period::Certainty::vocabulary(),
        crate::funding::FundingKind::vocabulary(),
        crate::role::Role::vocabulary(),
        crate::group::GroupPart::vocabulary(),
        crate::group::GroupOf::vocabulary(),
        crate::territory::TerritoryRelation::vocabulary(),
        crate::activity::ActivityKind::vocabulary(),
        crate::activity::ActivityState::vocabulary(),
        crate::relation_kind::RelationKind::vocabulary(),
        crate::relation_kind::RelationBetween::vocabulary(),
        crate::agreement::AgreementKind::vocabulary(),
        crate::agreement_yield::YieldVerdict::vocabulary(),
        crate::source::SourceKind::vocabulary(),
        crate::statement::StatementBasis::vocabulary(),
        crate::external_id::Scheme::vocabulary(),
        crate::country_group::CountryGroup::vocabulary(),
        crate::diversity::Dimension::vocabulary(),
        crate::diversity::Weighting::vocabulary(),
        crate::scope::Rollup::vocabulary(),
        crate::network::TieWeight::vocabulary(),
        crate::network::NodeGroup::vocabulary(),
        crate::network::TieKind::vocabulary(),
        crate::topic::TopicKind::vocabulary(),
        crate::network::RankingMeasure::vocabulary(),
        crate::quality::QualityCheck::vocabulary(),
        crate::claim::ClaimSubject::vocabulary(),
        crate::claim::PeerSubject::vocabulary(),
        crate::claim::Verdict::vocabulary(),
        countries(),
        currencies(),
        crate::id::EntityKind::vocabulary(),
        crate::revision::RevisionAction::vocabulary(),
        crate::account::UserRole::vocabulary(),
        crate::account::ReadScope::vocabulary(),
        crate::erasure::Residue::vocabulary(),
    ]
}

/// ISO 3166-1 as the registry knows it.
fn countries() -> Vocabulary {
    let term = |country: &Country| Term {
        code: country.code().to_owned(),
        label: country.name().to_owned(),
    };
    Vocabulary {
        name: "country".to_owned(),
        description: "Countries: ISO 3166-1 alpha-2, and XK for Kosovo*. Also read: UK, EL and \
                      alpha-3 codes."
            .to_owned(),
        terms: Country::ALL.iter().map(term).collect(),
    }
}

/// ISO 4217 as the registry knows it.
fn currencies() -> Vocabulary {
    let term = |currency: &Currency| Term {
        code: currency.code().to_owned(),
        label: currency.name().to_owned(),
    };
    Vocabulary {
        name: "currency".to_owned(),
        description: "Currencies: ISO 4217, with historic ones met in older projects.".to_owned(),
        terms: Currency::ALL.iter().map(term).collect(),
    }
}
