//! What the domain takes, refuses and writes.

mod agreement;
mod bundle;
mod country;
mod external_id;
mod known_programmes;
mod language;
mod money;
mod partial_date;
mod period;
mod reading_bodies;
mod reading_queries;
mod relation;
mod sheet;
mod statement;
mod text;
mod untidy;
