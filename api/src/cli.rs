//! The `consortia` program.

mod arguments;
mod backup;
mod contact;
mod demo;
mod doctor;
mod export;
mod import;
mod key;
mod migrate;
mod progress;
mod serve;
mod token;
mod user;

use crate::config::{Config, ConfigFaults, DEFAULTS, Sources};
use crate::telemetry;
use arguments::{Arguments, Command};
use clap::Parser as _;
use std::io::Write as _;
use std::process::ExitCode;

/// What `consortia` alone says.
const WELCOME: &str = "\
Consortia: a registry of funded projects, the organisations in them, and who works with whom.

  consortia demo     run it on 31,451 real Horizon 2020 projects
  consortia serve    run it on your own database
  consortia help     show every command

Then open http://127.0.0.1:8080/docs/ in a browser.
";

/// Runs the program with the process's arguments and environment.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(command) = &arguments.command else {
        return print(WELCOME);
    };
    let sources = arguments.sources();
    match run(command, &sources) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", said(&error));
            if error.is::<ConfigFaults>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// `error` and what caused it, leaving out causes that were told already.
fn said(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(cause.trim_end_matches('.')) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

fn run(command: &Command, sources: &Sources) -> anyhow::Result<ExitCode> {
    match command {
        Command::Config => return Ok(print(DEFAULTS)),
        Command::Openapi => return Ok(print(&crate::openapi::openapi_text())),
        Command::Doctor => return Ok(doctor::run(sources)),
        Command::Backup { file, verify: true } => return backup::verify(file),
        _ => {}
    }
    let config = Config::load(sources)?;
    telemetry::start(&config);
    match command {
        Command::Serve => serve::run(config)?,
        Command::Demo => demo::run(config)?,
        Command::Import(wanted) => return import::run(&config, wanted),
        Command::Export(wanted) => export::run(&config, wanted)?,
        Command::Backup { file, verify: false } => backup::take(&config, file)?,
        Command::Restore { file } => backup::restore(&config, file)?,
        Command::Migrate(how) => migrate::run(&config, how)?,
        Command::Token(wanted) => token::run(&config, wanted)?,
        Command::User(wanted) => user::run(&config, wanted)?,
        Command::Contact(wanted) => contact::run(&config, wanted)?,
        Command::Key(wanted) => key::run(&config, wanted)?,
        Command::Config | Command::Openapi | Command::Doctor | Command::Backup { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes `text` to standard output. A reader that has seen enough (`| head`) is no fault.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

#[cfg(test)]
mod tests {
    use super::said;
    use anyhow::Context as _;

    #[test]
    fn nothing_is_said_twice() {
        let failed = || Err::<(), _>(anyhow::anyhow!("No such file (os error 2)"));
        let told = failed().context("Cannot read /nope.zip: No such file (os error 2).");
        let fault = told.expect_err("a fault");
        assert_eq!(said(&fault), "Cannot read /nope.zip: No such file (os error 2).");
        let fault = failed().context("cannot write /x").expect_err("a fault");
        assert_eq!(said(&fault), "cannot write /x: No such file (os error 2)");
    }
}
