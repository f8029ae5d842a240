//! What a registry of research and social-innovation projects *is*.
//!
//! Value types that cannot hold an invalid value, the entities built from them, and the
//! rules between them. No I/O, no HTTP, no SQL: everything else depends on this crate and
//! this crate depends on nothing of ours.
//!
//! - Reading: [`json`], [`decode`], [`error`], [`merge_patch`], [`filter`], [`page`].
//! - Values: [`count`], [`country`], [`external_id`], [`language`], [`money`],
//!   [`partial_date`], [`percent`], [`period`], [`place`], [`text`], [`year`], and the closed
//!   lists of [`vocabulary`].
//! - What records hold several of: [`activity`], [`funding`], [`group`], [`territory`].
//! - Entities: [`organisation`], [`programme`], [`call`], [`project`], [`participation`],
//!   [`relation`], [`agreement`], [`source`], [`statement`], and what all share: [`id`], [`record`],
//!   [`revision`]. [`known_programmes`] ship as data.
//! - Everything in one file: [`bundle`].

pub mod account;
pub mod activity;
pub mod agreement;
pub mod agreement_yield;
pub mod bundle;
pub mod call;
pub mod claim;
pub mod contact;
pub mod count;
pub mod country;
pub mod country_group;
mod decimal;
pub mod decode;
pub mod diversity;
pub mod draft;
pub mod erasure;
pub mod error;
pub mod external_id;
pub mod facts;
pub mod filter;
pub mod funding;
pub mod funding_chain;
pub mod group;
pub mod id;
pub mod import;
pub mod json;
pub mod known_programmes;
pub mod language;
pub mod membership;
pub mod merge_patch;
pub mod money;
pub mod network;
pub mod organisation;
pub mod organisation_type;
pub mod page;
pub mod partial_date;
pub mod participation;
pub mod partner;
pub mod percent;
pub mod period;
pub mod place;
pub mod profile;
pub mod programme;
pub mod project;
pub mod quality;
pub mod record;
pub mod relation;
pub mod relation_kind;
pub mod revision;
pub mod role;
pub mod scope;
pub mod sheet;
pub mod source;
pub mod statement;
pub mod territory;
pub mod text;
pub mod theme;
pub mod topic;
pub mod vocabulary;
pub mod year;

pub use decode::Decode;
pub use error::{Errors, FieldError, Invalid, Location, Pointer};
