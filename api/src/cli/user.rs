//! `consortia user`.

use super::arguments::{Acting, User};
use crate::auth::{UserRole, account_changed, account_edited, hash_password};
use crate::config::Config;
use crate::erasure;
use crate::server::{open_database, open_tokens, prepare};
use anyhow::{Context as _, bail};
use consortia_db::account::{self, Erased, Opening};
use consortia_db::{Actor, Conn, Db, Tx, organisation, session};
use consortia_domain::account::{Account, AccountContent, AccountName, Password};
use consortia_domain::id::{OrganisationId, RecordRef};
use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};

/// Who the security log says did it.
const BY: &str = "system:command line";
/// Accounts read at a time.
const PAGE: u32 = 1000;

/// Looks after accounts.
pub(super) fn run(config: &Config, wanted: &User) -> anyhow::Result<()> {
    let db = open_database(config)?;
    prepare(&db)?;
    match wanted {
        User::Add { name, role, acting } => {
            let organisations = resolved(&db, &acting.organisations)?;
            let content =
                AccountContent { name: name.clone(), role: *role, organisations, disabled: false };
            let hash = hash_password(new_password(name)?.reveal().as_bytes())?;
            let made =
                write(&db, move |tx| account::create(tx, &content, Opening::Password(&hash)))?;
            account_changed("created", made.id, BY);
            eprintln!("Opened the account '{name}' ({}) with the role {role}.", made.id);
        }
        User::List => {
            super::print(&list(&db)?);
        }
        User::Set { name, role, acting, shut, open } => {
            if *open {
                forgive(config, &db, &find(&db, name)?.content.name)?;
            }
            set(&db, name, *role, acting, (*shut, *open))?;
        }
        User::Password { name } => {
            let found = find(&db, name)?;
            if let Some(issuer) = &found.issuer {
                bail!("'{name}' has no password here: {issuer} vouches for its holder.");
            }
            let hash = hash_password(new_password(name)?.reveal().as_bytes())?;
            write(&db, move |tx| account::set_password(tx, found.id, None, &hash, None))?;
            forgive(config, &db, &found.content.name)?;
            account_changed("password_replaced", found.id, BY);
            eprintln!(
                "Set the password of '{name}', ended its sessions and withdrew its read tokens."
            );
        }
        User::Export { name } => {
            let id = find(&db, name)?.id;
            let data = db.read_blocking(move |c| account::personal_data(c, id))?;
            super::print(&(serde_json::to_string_pretty(&data)? + "\n"));
        }
        User::Erase { name } => {
            let found = find(&db, name)?;
            let (id, key) = (found.id, key_of(config, &found.content.name)?);
            let part = move |tx: &mut Tx<'_>| {
                session::forgive(tx, &key)?;
                account::erase(tx, id)
            };
            while write(&db, part)? == Erased::InPart {}
            account_changed("erased", id, BY);
            eprintln!(
                "Erased the account '{name}' and its drafts. The history keeps what was changed \
                 with it, as 'account:{id}'."
            );
            super::print(&erasure::told(&erasure::wipe(&db)));
        }
    }
    Ok(())
}

/// Changes an account; `shut` and `open` tell what becomes of it.
fn set(
    db: &Db,
    name: &AccountName,
    role: Option<UserRole>,
    acting: &Acting,
    (shut, open): (bool, bool),
) -> anyhow::Result<()> {
    let found = find(db, name)?;
    let mut content = found.content.clone();
    content.role = role.unwrap_or(content.role);
    if acting.alone {
        content.organisations.clear();
    } else if !acting.organisations.is_empty() {
        content.organisations = resolved(db, &acting.organisations)?;
    }
    content.disabled = shut || (content.disabled && !open);
    if content == found.content {
        eprintln!("{} (nothing changed)", line(&found));
        return Ok(());
    }
    let version = found.stamp.version;
    if let Some(account) = write(db, move |tx| account::update(tx, found.id, version, &content))? {
        account_edited(account.id, (&found.content, &account.content), BY);
        eprintln!("{}", line(&account));
    }
    Ok(())
}

fn write<T, F>(db: &Db, work: F) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> consortia_db::Result<T> + Send + 'static,
{
    Ok(db.write_blocking(Actor::new(BY), work)?)
}

/// Forgets that the account called `name` could not be opened.
fn forgive(config: &Config, db: &Db, name: &AccountName) -> anyhow::Result<()> {
    let key = key_of(config, name)?;
    write(db, move |tx| session::forgive(tx, &key))
}

/// By what failures to open the account called `name` are kept.
fn key_of(config: &Config, name: &AccountName) -> anyhow::Result<session::Hash> {
    Ok(open_tokens(config)?.keys().names().hash(name.as_str()))
}

/// The account of this name, or of an outside provider with this name or id.
fn find(db: &Db, name: &AccountName) -> anyhow::Result<Account> {
    let found = db.read_blocking(|c| account::called(c, name.as_str()))?;
    match &found[..] {
        [account] => Ok(account.clone()),
        [] => bail!("There is no account '{name}'; consortia user list shows those there are."),
        several => {
            let lines: Vec<_> = several.iter().map(line).collect();
            bail!(
                "Several accounts are called '{name}'; say which by its id:\n{}",
                lines.join("\n")
            )
        }
    }
}

fn list(db: &Db) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut after = None;
    loop {
        let page = db.read_blocking(|c| account::list(c, after, PAGE, 0))?;
        for account in &page.data {
            text.push_str(&line(account));
            text.push('\n');
        }
        let Some(next) = page.next else { return Ok(text) };
        after = Some(next.id);
    }
}

/// An account in one line.
fn line(account: &Account) -> String {
    let Account { id, issuer, content, .. } = account;
    let mut text = format!("{id}  {:<6} {}", content.role, content.name);
    if let Some(issuer) = issuer {
        let _ = write!(text, " at {issuer}");
    }
    if content.disabled {
        text.push_str(", shut");
    }
    if !content.organisations.is_empty() {
        let ids: Vec<_> = content.organisations.iter().map(ToString::to_string).collect();
        let _ = write!(text, ", for {}", ids.join(", "));
    }
    text
}

/// The first line of standard input as a password for `name`.
fn new_password(name: &AccountName) -> anyhow::Result<Password> {
    if io::stdin().is_terminal() {
        eprintln!("The password, which is shown as you type (12 characters or more):");
    }
    let mut text = String::new();
    io::stdin().lock().read_line(&mut text).context("No password can be read")?;
    let password: Password = text.trim_end_matches(['\n', '\r']).parse()?;
    password.check_for(name)?;
    Ok(password)
}

/// The organisations meant, in the database that is configured.
pub(super) fn resolve(
    config: &Config,
    wanted: &[RecordRef],
) -> anyhow::Result<Vec<OrganisationId>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    resolved(&open_database(config)?, wanted)
}

fn resolved(db: &Db, wanted: &[RecordRef]) -> anyhow::Result<Vec<OrganisationId>> {
    let resolve = |c: &mut Conn<'_>| {
        wanted.iter().map(|wanted| organisation::resolve(c, wanted)).collect::<Result<_, _>>()
    };
    let found: Vec<OrganisationId> = db.read_blocking(resolve)?;
    // One may be named twice, by its id and by another identifier.
    let mut each = Vec::with_capacity(found.len());
    for id in found {
        if !each.contains(&id) {
            each.push(id);
        }
    }
    Ok(each)
}
