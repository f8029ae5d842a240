//! `consortia user`.

use super::arguments::{Acting, User};
use crate::auth::{UserRole, account_changed, account_edited, hash_password};
use crate::config::Config;
use crate::erasure;
use crate::personal_data::Telling;
use crate::server::{StartFault, open_begun, open_current, open_existing, open_tokens};
use anyhow::{Context as _, bail};
use chrono::Utc;
use consortia_db::account::{self, Erased, Opening};
use consortia_db::{Actor, Conn, Db, Tx, organisation, session};
use consortia_domain::account::{Account, AccountContent, AccountName, Password};
use consortia_domain::id::{OrganisationId, RecordRef};
use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};

/// Who the security log says did it.
const BY: &str = "system:command line";
/// What is asked at a terminal.
const ASK: &str = "The password, which is not shown as you type (12 characters or more): ";
/// What is added to an account that could not be opened too often.
const LOCKED: &str = ", locked for some minutes: its password was wrong ten times";
/// Accounts read at a time.
const PAGE: u32 = 1000;

/// Looks after accounts.
pub(super) fn run(config: &Config, wanted: &User) -> anyhow::Result<()> {
    // The first account may be opened before the registry is served.
    let db = match wanted {
        User::Add { .. } => begun(config)?,
        _ => open_current(config)?,
    };
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
            let listed = list(config, &db)?;
            if listed.is_empty() {
                eprintln!(
                    "Nobody has an account; consortia user add NAME --role admin opens the first."
                );
            }
            super::print(&listed);
        }
        User::Set { name, role, acting, shut, open } => {
            let found = find(&db, name)?;
            let forgiven = *open && forgive(config, &db, &found.content.name)?;
            if forgiven {
                account_changed("unlocked", found.id, BY);
            }
            if let Some(account) = set(&db, &found, *role, acting, (*shut, *open))? {
                let note = match account.content == found.content {
                    _ if forgiven => " (failures to open it are forgotten)",
                    true => " (nothing changed)",
                    false => "",
                };
                eprintln!("{}{note}", line(&account));
            }
            warn_without_administrator(&db, &found)?;
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
            db.read_blocking(|c| {
                let mut telling = Telling::of(id);
                loop {
                    let piece = telling.piece(c)?;
                    if piece.is_empty() {
                        return Ok(());
                    }
                    super::print(&piece);
                }
            })?;
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
            warn_without_administrator(&db, &found)?;
        }
    }
    Ok(())
}

/// The registry that is configured, which is begun where there is none; that is said, as it may be
/// another place than was meant.
fn begun(config: &Config) -> anyhow::Result<Db> {
    let none = matches!(open_existing(config), Err(StartFault::NoRegistry(_)));
    let db = open_begun(config)?;
    if none {
        eprintln!("There was no registry at {}; one was begun.", db.name());
    }
    Ok(db)
}

/// Changes an account, if there is something to change; `shut` and `open` tell what becomes of
/// it. `None` when somebody erased it meanwhile.
fn set(
    db: &Db,
    found: &Account,
    role: Option<UserRole>,
    acting: &Acting,
    (shut, open): (bool, bool),
) -> anyhow::Result<Option<Account>> {
    let mut content = found.content.clone();
    content.role = role.unwrap_or(content.role);
    if acting.alone {
        content.organisations.clear();
    } else if !acting.organisations.is_empty() {
        content.organisations = resolved(db, &acting.organisations)?;
    }
    content.disabled = shut || (content.disabled && !open);
    if content == found.content {
        return Ok(Some(found.clone()));
    }
    let (id, version) = (found.id, found.stamp.version);
    let changed = write(db, move |tx| account::update(tx, id, version, &content))?;
    if let Some(account) = &changed {
        account_edited(account.id, (&found.content, &account.content), BY);
    }
    Ok(changed)
}

fn write<T, F>(db: &Db, work: F) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> consortia_db::Result<T> + Send + 'static,
{
    Ok(db.write_blocking(Actor::new(BY), work)?)
}

/// Forgets that the account called `name` could not be opened; tells whether it ever was so.
fn forgive(config: &Config, db: &Db, name: &AccountName) -> anyhow::Result<bool> {
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

/// Warns when what became of `before` leaves nobody to open accounts.
fn warn_without_administrator(db: &Db, before: &Account) -> anyhow::Result<()> {
    if before.content.administers() && !has_administrator(db)? {
        eprintln!(
            "warning: Nobody is administrator any more. To mend it: consortia user set NAME --role \
             admin, with --open if that account is shut, or consortia user add NAME --role admin."
        );
    }
    Ok(())
}

/// Whether an account that is open has the role admin.
pub(super) fn has_administrator(db: &Db) -> anyhow::Result<bool> {
    Ok(all(db)?.iter().any(|account| account.content.administers()))
}

/// Every account in a line, with those that nobody can open for a while.
fn list(config: &Config, db: &Db) -> anyhow::Result<String> {
    // Failures are kept by a key, which is elsewhere when this is not a server's machine.
    let tokens = config.signing_key_path().exists().then(|| open_tokens(config)).transpose()?;
    let names = tokens.map(|tokens| tokens.keys().names());
    let is_locked = |account: &Account| {
        let name = names.as_ref().filter(|_| account.issuer.is_none());
        let key = name.map(|names| names.hash(account.content.name.as_str()));
        let ask = |key| db.read_blocking(move |c| session::is_locked(c, &key, Utc::now()));
        key.map_or(Ok(false), ask)
    };
    let mut text = String::new();
    for account in all(db)? {
        let note = if is_locked(&account)? { LOCKED } else { "" };
        let _ = writeln!(text, "{}{note}", line(&account));
    }
    Ok(text)
}

fn all(db: &Db) -> anyhow::Result<Vec<Account>> {
    let (mut accounts, mut after) = (Vec::new(), None);
    loop {
        let page = db.read_blocking(|c| account::list(c, after, PAGE, 0))?;
        accounts.extend(page.data);
        let Some(next) = page.next else { return Ok(accounts) };
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

/// A password for `name`: asked for twice at a terminal, which does not show it, and otherwise
/// the first line of standard input.
fn new_password(name: &AccountName) -> anyhow::Result<Password> {
    let unreadable = "No password can be read";
    let mut text = String::new();
    if io::stdin().is_terminal() {
        text = rpassword::prompt_password(ASK).context(unreadable)?;
    } else {
        io::stdin().lock().read_line(&mut text).context(unreadable)?;
    }
    let password: Password = text.trim_end_matches(['\n', '\r']).parse()?;
    password.check_for(name)?;
    if io::stdin().is_terminal() {
        let again = rpassword::prompt_password("The same once more: ").context(unreadable)?;
        if again != password.reveal() {
            bail!("The two differ; nothing was changed.");
        }
    }
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
    resolved(&open_current(config)?, wanted)
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
