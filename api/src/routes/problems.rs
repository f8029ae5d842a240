//! The page that explains every error code; `type` of a problem points into it.

use crate::problem::Code;
use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use std::fmt::Write as _;

pub(super) fn register(config: &mut web::ServiceConfig) {
    config.service(explain_problems);
}

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>Problems · Consortia</title>\n\
    <style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 \
    1rem}dt{margin-top:1rem;font-weight:600}code{font-size:1.05em}:target{background:#fff3bf}\
    </style>\n<h1>Problems</h1>\n<p>Every error is answered as <code>application/problem+json\
    </code> (RFC 9457). Branch on <code>code</code>; <code>detail</code> and <code>errors</code> \
    say what happened and how to mend it.</p>\n<dl>\n";

/// Explains every code.
#[get("/problems")]
async fn explain_problems() -> HttpResponse {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let (name, status, title) = (code.name(), code.status().as_u16(), code.title());
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "<dt id=\"{name}\"><code>{name}</code> · {status} · {title}</dt>\n<dd>{}</dd>\n",
            html(&code.explanation())
        );
    }
    page.push_str("</dl>\n</html>\n");
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ))
        .content_type("text/html; charset=utf-8")
        .body(page)
}

/// An explanation as HTML: backquotes mark code.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    let pieces = escaped.split('`').enumerate().map(|(n, piece)| {
        if n % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() }
    });
    pieces.collect()
}
