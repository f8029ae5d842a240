//! What is known about the holder of an account, told piece by piece: their drafts, with all these
//! were before, may hold more than should be in memory at once.

use consortia_db::rights::Rights;
use consortia_db::{Conn, Error, Result, account, draft};
use consortia_domain::draft::Drafted;
use serde::Serialize;
use std::ops::Range;
use std::vec::IntoIter;
use uuid::Uuid;

/// Bytes after which a piece ends.
const PIECE: usize = 64 << 10;

/// The JSON of a [`PersonalData`](consortia_domain::account::PersonalData), of which so much was
/// told.
pub(crate) struct Telling {
    account: Uuid,
    next: Next,
}

/// What is told next.
enum Next {
    /// All but the drafts.
    Rest,
    /// The first of these drafts, and whether one was told before.
    Draft(IntoIter<Uuid>, bool),
    /// What this draft was in these versions, and whether one was told before; then these drafts.
    Former(Uuid, Range<u32>, bool, IntoIter<Uuid>),
    /// Nothing.
    End,
}

impl Telling {
    /// Of the holder of `account`; nothing was told yet.
    pub(crate) fn of(account: Uuid) -> Self {
        Self { account, next: Next::Rest }
    }

    /// The next piece; empty when everything was told, and when there is no such account.
    pub(crate) fn piece(&mut self, c: &mut Conn<'_>) -> Result<String> {
        let mut text = String::new();
        while text.len() < PIECE && !matches!(self.next, Next::End) {
            self.next = self.step(c, &mut text)?;
        }
        Ok(text)
    }

    /// Adds a little to `text`; gives what is told after it.
    fn step(&mut self, c: &mut Conn<'_>, text: &mut String) -> Result<Next> {
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Rest => {
                let Some(known) = account::personal_data(c, self.account)? else {
                    return Ok(Next::End);
                };
                open(text, &known)?;
                let made = draft::made_with(c, self.account)?;
                Ok(Next::Draft(made.into_iter(), false))
            }
            Next::Draft(mut others, following) => {
                let Some(id) = others.next() else {
                    text.push_str("\n]}\n");
                    return Ok(Next::End);
                };
                // Published or thrown away meanwhile, it is none of theirs any more.
                let Some(draft) = draft::find(c, id, &Rights::All)? else {
                    return Ok(Next::Draft(others, following));
                };
                text.push_str(if following { ",\n" } else { "\n" });
                let version = draft.stamp.version;
                open(text, &Drafted { draft, former: Vec::new() })?;
                Ok(Next::Former(id, 1..version, false, others))
            }
            Next::Former(id, versions, mut following, others) => {
                let former = draft::former(c, id, versions.clone())?;
                let Some((last, _)) = former.last() else {
                    text.push_str("]}");
                    return Ok(Next::Draft(others, true));
                };
                let rest = last + 1..versions.end;
                for (_, content) in &former {
                    text.push_str(if following { ",\n" } else { "\n" });
                    text.push_str(&content.to_string());
                    following = true;
                }
                Ok(Next::Former(id, rest, following, others))
            }
            Next::End => Ok(Next::End),
        }
    }
}

/// Adds the JSON of `value`, whose last field is an empty list, up to where the list begins.
fn open(text: &mut String, value: &impl Serialize) -> Result<()> {
    let json = serde_json::to_string(value);
    let json = json.map_err(|fault| Error::internal(format!("what is known: {fault}")))?;
    let begun = json.strip_suffix("]}");
    text.push_str(begun.ok_or_else(|| Error::internal("its last field is no list"))?);
    Ok(())
}
