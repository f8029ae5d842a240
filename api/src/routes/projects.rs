//! Projects: lists, single projects, and their history.

mod funding;
mod related;
mod table;
mod view;

pub use view::ProjectView;

use super::operations::operations;
use consortia_domain::project::{Project, ProjectContent, ProjectFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
    config.configure(related::register).configure(funding::register);
    config.configure(super::contacts::register_of_projects);
}

operations! {
    "projects": "a project", "project";
    types: Project, ProjectContent, ProjectFilter, shown as ProjectView;
    queries: ProjectListQuery, ProjectQuery, ProjectPatch;
    store: project, ids: external;
    examples: project, project_list, project_content, project_patch;
    list: list_projects;
    get: get_project, "One project, by its id or an external identifier.";
    create: create_project, "Registers a new project.";
    replace: replace_project;
    update: update_project;
    delete: delete_project, "Its participations and relations are deleted with it.";
    history: list_project_revisions;
    state: get_project_state;
    restore: create_project_revision;
    withdraw: create_project_withdrawal;
}
