//! Themes that projects carry.

use consortia_domain::id::ProjectId;
use consortia_domain::project::ProjectFilter;
use consortia_domain::theme::Carried;
use std::collections::HashSet;

crate::conn::dispatch! { theme:
    /// Every theme of every project. O(themes of all projects).
    read carried() -> Vec<Carried>;

    /// The projects a filter lets through that carry any theme; `None` when it lets all through.
    read carriers(filter: &ProjectFilter) -> Option<HashSet<ProjectId>>;
}
