//! What an agreement yielded.

use super::super::{errors::RecordErrors, examples};
use crate::extract::{Parameters, Query, RecordPath};
use crate::respond::registered::named;
use crate::respond::{Answer, Document, answer_document};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::{Conn, Error, Result, agreement, project};
use consortia_domain::agreement::{Agreement, AgreementRef};
use consortia_domain::agreement_yield::{
    AgreementYield, JointProject, MissingFact, YieldFilter, began_after, verdict,
};
use consortia_domain::filter::QueryReader;
use consortia_domain::id::{AgreementId, ProjectId, RecordRef};
use consortia_domain::period::{Certainty, Period};
use consortia_domain::profile::Counted;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_agreement_yield);
}

impl Parameters for YieldFilter {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self::read(query)
    }
}

/// Tell what an agreement yielded
///
/// The projects that at least two of its parties take part in, and which of them began after it
/// was signed: certainly, possibly or not, as far as the dates of both are known; and what would
/// have to be known to be certain. All that the registry can show is that projects followed, not
/// that they followed from it.
#[utoipa::path(tag = "agreements", params(RecordPath, YieldFilter), responses(
    (status = 200, description = "What followed.", body = Document<AgreementYield>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::agreement_yield),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/{id}/yield")]
async fn get_agreement_yield(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<YieldFilter>,
) -> Answer {
    let wanted = named::<Agreement>(path)?;
    let limit = query.0.limit as usize;
    let found = state.read(move |c| yielded(c, &wanted, limit)).await?;
    answer_document(&http, &state, found).await
}

/// O(participations of the parties).
fn yielded(c: &mut Conn<'_>, wanted: &RecordRef, limit: usize) -> Result<AgreementYield> {
    let Agreement { id, label, content, parties, .. } = match wanted {
        RecordRef::Id(id) => agreement::get(c, AgreementId::from(*id))?,
        RecordRef::External(_) => return Err(Error::internal("an agreement of another registry")),
    };
    let joint = agreement::joint_projects(c, id)?;
    let ids: Vec<ProjectId> = joint.iter().map(|(id, _)| *id).collect();
    let mut projects = project::references(c, &ids)?;
    let mut joint: Vec<JointProject> = joint
        .into_iter()
        .filter_map(|(id, party_ids)| {
            let project = projects.remove(&id)?;
            let after_signature = began_after(content.signed, project.period);
            Some(JointProject { project, party_ids, after_signature })
        })
        .collect();
    // Of unknown start last.
    joint.sort_by_cached_key(|of| {
        let start = of.project.period.earliest_start();
        (of.after_signature, start.is_none(), start, of.project.label.clone(), of.project.id)
    });
    let periods: Vec<Period> = joint.iter().map(|of| of.project.period).collect();
    let count = |certainty: Certainty| {
        joint.iter().filter(|of| of.after_signature == certainty).count() as u64
    };
    let agreement = AgreementRef { id, label, kind: content.kind, signed: content.signed };
    let (total, left_out) = (joint.len() as u64, joint.len().saturating_sub(limit) as u64);
    let (certainly, possibly, not) =
        (count(Certainty::Yes), count(Certainty::Possible), count(Certainty::No));
    joint.truncate(limit);
    let href = match content.party_ids[..] {
        [a, b] => Some(format!("/api/v1/projects?organisation={a}&organisation={b}")),
        _ => None,
    };
    Ok(AgreementYield {
        verdict: verdict(content.signed, &periods),
        joint_projects: Counted { count: total, href },
        certainly,
        possibly,
        not,
        missing: missing(&agreement, &joint),
        agreement,
        parties,
        projects: joint,
        left_out,
    })
}

/// What is unknown of the agreement, and of those of its joint projects that are shown and may
/// have followed.
fn missing(agreement: &AgreementRef, joint: &[JointProject]) -> Vec<MissingFact> {
    let signature = agreement.signed.is_none().then(|| MissingFact {
        href: format!("/api/v1/agreements/{}", agreement.id),
        label: agreement.label.clone(),
        field: "signed",
    });
    let undated = joint.iter().filter(|of| {
        of.after_signature == Certainty::Possible && of.project.period.start().is_unknown()
    });
    let start = undated.map(|of| MissingFact {
        href: format!("/api/v1/projects/{}", of.project.id),
        label: of.project.label.clone(),
        field: "period.start",
    });
    signature.into_iter().chain(start).collect()
}
