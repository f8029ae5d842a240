//! Claims about an organisation, recomputed.

use super::answer::own_reference;
use super::diversity::peers;
use super::links::Links;
use super::unnamed::unnamed;
use super::{Live, scope, today};
use crate::words::counted;
use consortia_db::{Conn, Result, organisation, programme};
use consortia_domain::claim::{
    Assertion, CheckedClaim, ClaimReport, ClaimSubject, Claims, PeerSubject, StatedNumber, Verdict,
};
use consortia_domain::count::Count;
use consortia_domain::diversity::{Peers, Standing};
use consortia_domain::group::Group;
use consortia_domain::money::{Currency, Money};
use consortia_domain::partner::UnnamedPartners;
use consortia_domain::role::Role;
use consortia_domain::scope::ScopeFilter;
use consortia_network::{Ego, Lens, OwnParticipation};
use serde_json::Number;
use std::collections::{BTreeMap, BTreeSet};

/// Recomputes what is claimed. As fast as the diversity of the organisation.
///
/// # Errors
/// When there is no such organisation, or the store fails.
pub fn claims(c: &mut Conn<'_>, live: &Live, asked: &Claims) -> Result<ClaimReport> {
    let id = organisation::resolve(c, &asked.organisation)?;
    let scope = scope(c, &asked.scope, today())?;
    let network = live.current(c)?;
    let lens = Lens::new(&network, &scope, today());
    let node = network.organisation(id);
    let ego = node.map(|node| lens.ego(node)).unwrap_or_default();
    let own = node.map(|node| lens.own_participations(node).collect()).unwrap_or_default();
    let of_peers = |claim: &Assertion| !matches!(claim, Assertion::Number(..));
    let wants_peers = asked.claims.iter().any(of_peers) && !ego.projects.is_empty();
    let facts = Facts {
        strangers: strangers(c, &asked.scope)?,
        unnamed: unnamed(c, &lens, id)?,
        links: Links::of(&lens, id, &asked.scope.stated),
        lens: &lens,
        peers: wants_peers.then(|| peers(live, &lens, &ego, today())),
        ego,
        own,
    };
    let claims: Vec<CheckedClaim> = asked.claims.iter().map(|claim| facts.check(claim)).collect();
    let any = |verdict| claims.iter().any(|claim| claim.verdict == verdict);
    let verdict = [Verdict::Contradicts, Verdict::NotComputable].into_iter().find(|of| any(*of));
    Ok(ClaimReport {
        organisation: own_reference(c, &lens, id)?,
        scope: asked.scope.stated.clone(),
        revision: network.revision(),
        verdict: verdict.unwrap_or(Verdict::Agrees),
        claims,
    })
}

/// The programmes a scope names that are not there.
fn strangers(c: &mut Conn<'_>, scope: &ScopeFilter) -> Result<Vec<String>> {
    let mut strangers = Vec::new();
    for key in scope.programme.iter().flat_map(|condition| &condition.values) {
        if programme::ids_within(c, key)?.is_empty() {
            strangers.push(format!("'{key}'"));
        }
    }
    Ok(strangers)
}

/// What partners are called that are not only counted.
const NAMED: &str = "named partner";

/// What is known of the organisation in the scope.
struct Facts<'a> {
    /// Programmes of the scope that nobody knows.
    strangers: Vec<String>,
    /// Partners that nobody names.
    unnamed: Vec<UnnamedPartners>,
    links: Links<'a>,
    lens: &'a Lens<'a>,
    ego: Ego,
    own: Vec<OwnParticipation>,
    peers: Option<Peers>,
}

/// A number that was found: at least, and at most if that is certain, in units of 10^−scale.
struct Finding {
    least: i128,
    most: Option<i128>,
    scale: u32,
    explanation: String,
    missing: Option<String>,
    href: Option<String>,
}

impl Finding {
    /// A count that is certain.
    fn count(count: usize, explanation: String, href: Option<String>) -> Self {
        let least = count as i128;
        Self { least, most: Some(least), scale: 0, explanation, missing: None, href }
    }

    fn check(self, subject: ClaimSubject, stated: &StatedNumber) -> CheckedClaim {
        let verdict = match stated.holds_between(self.least, self.most, self.scale) {
            Some(true) => Verdict::Agrees,
            Some(false) => Verdict::Contradicts,
            None => Verdict::NotComputable,
        };
        let found = if self.scale == 0 {
            i64::try_from(self.least).ok().map(Number::from)
        } else {
            let amount = i64::try_from(self.least).ok();
            let amount = amount.and_then(|minor| Money::from_minor(minor, Currency::EUR).ok());
            amount.and_then(|amount| amount.decimal().parse().ok())
        };
        CheckedClaim {
            claim: subject.code().to_owned(),
            stated: stated.to_string(),
            found,
            verdict,
            explanation: self.explanation,
            missing: self.missing,
            href: self.href,
        }
    }
}

impl Facts<'_> {
    fn check(&self, claim: &Assertion) -> CheckedClaim {
        let mut checked = self.compared(claim);
        if !self.strangers.is_empty() {
            let detail = format!(
                "No programme is called {}, so that the scope is not known; /api/v1/programmes \
                 lists those there are.",
                self.strangers.join(" or ")
            );
            checked.verdict = Verdict::NotComputable;
            checked.missing = Some(detail);
        }
        checked
    }

    fn compared(&self, claim: &Assertion) -> CheckedClaim {
        match claim {
            Assertion::Number(subject, stated) => self.number(*subject).check(*subject, stated),
            Assertion::AboveAverage(subject) => {
                self.compare("above_average", *subject, |a, b| a > b)
            }
            Assertion::BelowAverage(subject) => {
                self.compare("below_average", *subject, |a, b| a < b)
            }
        }
    }

    fn number(&self, subject: ClaimSubject) -> Finding {
        let (projects, partners) = (self.ego.projects.len(), self.ego.ties.len());
        let in_words = count(projects, "project");
        match subject {
            ClaimSubject::Projects => Finding::count(
                projects,
                format!("It takes part in {in_words} of the scope."),
                self.links.projects(&[]),
            ),
            ClaimSubject::Coordinated => self.coordinated(),
            ClaimSubject::Partners => {
                let noun = if self.unnamed.is_empty() { "distinct partner" } else { NAMED };
                let explanation = format!("It has {} in {in_words}.", count(partners, noun));
                let named = Finding::count(partners, explanation, Some(self.partners_href()));
                self.with_unnamed(named, |group| group.count)
            }
            ClaimSubject::Collaborations => {
                let shared = usize::try_from(self.ego.collaborations()).unwrap_or(usize::MAX);
                let explanation = format!(
                    "It shares {} with its {}, each counted for each partner.",
                    count(shared, "project"),
                    count(partners, "partner")
                );
                let named = Finding::count(shared, explanation, Some(self.partners_href()));
                self.with_unnamed(named, |group| group.count)
            }
            ClaimSubject::PartnerCountries => self.partner_countries(),
            ClaimSubject::LargestContribution => self.largest_contribution(),
            ClaimSubject::TotalContribution => self.total_contribution(),
        }
    }

    /// A number of named partners, or of what they add, as the least that it is where there are
    /// others: those of a group are as many as it says and may be among the named.
    fn with_unnamed(
        &self,
        mut finding: Finding,
        adds: impl Fn(&Group) -> Option<Count>,
    ) -> Finding {
        let Some(told) = self.unnamed_in_words() else { return finding };
        let most = self.unnamed.iter().map(|of| adds(&of.group).and_then(Count::at_most));
        let most: Option<i128> = most.map(|most| most.map(i128::from)).sum();
        finding.most = finding.most.zip(most).map(|(named, unnamed)| named + unnamed);
        finding.missing = Some(match finding.missing.take() {
            Some(missing) => format!("{missing} {told}"),
            None => told,
        });
        finding
    }

    fn unnamed_in_words(&self) -> Option<String> {
        let groups: Vec<String> =
            self.unnamed.iter().map(|of| format!("\"{}\"", of.group.label())).collect();
        (!groups.is_empty()).then(|| {
            format!(
                "Nobody names the partners of {}: {}.",
                counted(groups.len() as u64, "group"),
                groups.join("; ")
            )
        })
    }

    fn coordinated(&self) -> Finding {
        let seated = |wanted: fn(Option<Role>) -> bool| {
            let seats = self.own.iter().filter(move |own| wanted(own.role));
            seats.map(|own| own.project).collect::<BTreeSet<u32>>()
        };
        let led = seated(|role| role.is_some_and(Role::leads));
        let unclear = seated(|role| role.is_none()).difference(&led).count();
        let all = count(self.ego.projects.len(), "project");
        Finding {
            least: led.len() as i128,
            most: Some((led.len() + unclear) as i128),
            scale: 0,
            explanation: format!("It coordinates {} of its {all}.", led.len()),
            missing: (unclear > 0).then(|| {
                format!("In {} its role is not known.", count(unclear, "further project"))
            }),
            href: self.links.coordinated(),
        }
    }

    fn partner_countries(&self) -> Finding {
        let country = |tie: &consortia_network::Tie| self.lens.network().country(tie.partner);
        let known: BTreeSet<_> = self.ego.ties.iter().filter_map(country).collect();
        let unknown = self.ego.ties.iter().filter(|tie| country(tie).is_none()).count();
        let (countries, partners) = (known.len(), self.ego.ties.len());
        let codes: Vec<String> = known.iter().map(ToString::to_string).collect();
        let listed =
            if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
        let named = Finding {
            least: countries as i128,
            most: Some((countries + unknown) as i128),
            scale: 0,
            explanation: format!(
                "Its {} {} established in {}{listed}.",
                count(partners, "partner"),
                if partners == 1 { "is" } else { "are" },
                in_countries(countries)
            ),
            missing: (unknown > 0)
                .then(|| format!("The country of {unknown} of its partners is not known.")),
            href: Some(self.partners_href()),
        };
        self.with_unnamed(named, |group| group.country_count.or(group.count))
    }

    /// By project, what is known of its contributions in euro, and whether that is all.
    fn contributions(&self) -> (BTreeMap<u32, i128>, usize) {
        let mut known: BTreeMap<u32, i128> = BTreeMap::new();
        let mut unknown = 0;
        for own in &self.own {
            match own.ec_contribution {
                Some((Currency::EUR, minor)) => {
                    *known.entry(own.project).or_default() += i128::from(minor);
                }
                _ => unknown += 1,
            }
        }
        (known, unknown)
    }

    fn largest_contribution(&self) -> Finding {
        let (known, unknown) = self.contributions();
        let largest = known.values().copied().max();
        let explanation = match largest {
            Some(minor) => format!(
                "The largest of its known contributions, in {}, is {} EUR.",
                count(known.len(), "project"),
                euro(minor)
            ),
            None => "No contribution to it is known.".to_owned(),
        };
        self.amount(largest.unwrap_or(0), unknown, largest.is_some(), explanation)
    }

    fn total_contribution(&self) -> Finding {
        let (known, unknown) = self.contributions();
        let total = known.values().sum();
        let explanation = format!(
            "Its known contributions, in {}, come to {} EUR.",
            count(known.len(), "project"),
            euro(total)
        );
        self.amount(total, unknown, !known.is_empty(), explanation)
    }

    fn amount(&self, least: i128, unknown: usize, any: bool, explanation: String) -> Finding {
        let all = self.own.len();
        let missing = if unknown > 0 {
            let noun = if unknown == 1 { "has" } else { "have" };
            Some(format!("{unknown} of {all} participations {noun} no EC contribution in euro."))
        } else {
            (!any).then(|| "It has no participation in the scope.".to_owned())
        };
        Finding {
            least,
            most: (unknown == 0 && any).then_some(least),
            scale: 2,
            explanation,
            missing,
            href: self.links.participations(&[]),
        }
    }

    fn compare(
        &self,
        claim: &str,
        subject: PeerSubject,
        stands: impl Fn(f64, f64) -> bool + Copy,
    ) -> CheckedClaim {
        let standing = self.peers.as_ref().map(|peers| match subject {
            PeerSubject::Partners => &peers.partners,
            PeerSubject::Countries => &peers.countries,
            PeerSubject::Blau => &peers.blau,
        });
        let projects = self.ego.projects.len();
        let value = standing.and_then(|of| of.value);
        let told = standing.and_then(|of| told(of, projects, stands));
        let (verdict, explanation, missing) = if let Some((verdict, explanation)) = told {
            // More partners make what is counted greater, and the diversity anything.
            let grows = subject != PeerSubject::Blau;
            let would_stay = grows && stands(1.0, 0.0) == (verdict == Verdict::Agrees);
            match self.unnamed_in_words().filter(|_| !would_stay) {
                None => (verdict, explanation, None),
                missing => (Verdict::NotComputable, explanation, missing),
            }
        } else {
            let missing = if projects == 0 {
                "It takes part in no project of the scope, so it has no peers."
            } else {
                "The country of none of its partners is known."
            };
            let explanation = "There is nothing to compare.".to_owned();
            (Verdict::NotComputable, explanation, Some(missing.to_owned()))
        };
        CheckedClaim {
            claim: claim.to_owned(),
            stated: subject.code().to_owned(),
            found: value.and_then(Number::from_f64),
            verdict,
            explanation,
            missing,
            href: Some(self.links.below("diversity")),
        }
    }

    fn partners_href(&self) -> String {
        self.links.below("partners")
    }
}

/// Whether an organisation stands as claimed beside the mean of its peers, and the figures;
/// `None` when there is nothing to compare.
fn told(
    standing: &Standing,
    projects: usize,
    stands: impl Fn(f64, f64) -> bool,
) -> Option<(Verdict, String)> {
    let (value, mean) = standing.value.zip(standing.mean)?;
    let verdict = if stands(value, mean) { Verdict::Agrees } else { Verdict::Contradicts };
    let percent = standing.percentile? * 100.0;
    let cohort = standing.cohort;
    let explanation = format!(
        "{value:.4} beside a mean of {mean:.4} of the {cohort} organisations with {}; \
         {percent:.1} % of them lie below, those equal counted by half.",
        count(projects, "project")
    );
    Some((verdict, explanation))
}

fn count(count: usize, noun: &str) -> String {
    counted(count as u64, noun)
}

fn in_countries(count: usize) -> String {
    if count == 1 { "1 country".to_owned() } else { format!("{count} countries") }
}

fn euro(minor: i128) -> String {
    let amount = i64::try_from(minor).ok().and_then(|of| Money::from_minor(of, Currency::EUR).ok());
    amount.map_or_else(|| "more than can be written".to_owned(), Money::decimal)
}
