//! Writes the committed OpenAPI document, or checks it (`--check`).

use consortia_openapi::{committed_path, generated, lint};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(said) => {
            eprintln!("{said}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, String> {
    let text = generated();
    let document = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let faults = lint(&document);
    if !faults.is_empty() {
        let lines: Vec<_> = faults.iter().map(|fault| format!("\n  {fault}")).collect();
        return Err(format!("the document breaks {} rules:{}", faults.len(), lines.concat()));
    }
    let path = committed_path();
    if std::env::args().any(|argument| argument == "--check") {
        let committed = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        if committed != text {
            return Err("openapi.json is out of date; run: cargo run -p consortia-openapi".into());
        }
        return Ok(format!("{} is up to date", path.display()));
    }
    std::fs::write(&path, text).map_err(|error| error.to_string())?;
    Ok(format!("wrote {}", path.display()))
}
