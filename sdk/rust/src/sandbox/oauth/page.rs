//! The pages: plain HTML without scripts, and everything in them escaped.

use super::consent::{Asked, Choice, Consent};
use crate::sandbox::Response;

const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--soft:#4b5563;--back:#f3f4f6;--card:#fff;--line:#8b95a1;--main:#1d4ed8;--on-main:#fff;\
--note:#fff7d6;--note-line:#a16207}\
@media (prefers-color-scheme:dark){:root{--text:#e6e8eb;--soft:#a9b2bd;--back:#0f1216;--card:#181c22;--line:#6b7683;--main:#8ab4ff;\
--on-main:#0f1216;--note:#2d2710;--note-line:#d6a93a}}\
*{box-sizing:border-box}body{margin:0;padding:1.5rem 1rem;background:var(--back);color:var(--text);\
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
main{max-width:30rem;margin:0 auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}\
h1{font-size:1.375rem;line-height:1.25;margin:1rem 0 .5rem}h2{font-size:1rem;margin:1.25rem 0 .25rem}\
.note{margin:0;padding:.5rem .75rem;background:var(--note);border-left:.25rem solid var(--note-line)}\
.soft{color:var(--soft);font-size:.875rem}ul{margin:0;padding-left:1.25rem}code{font-family:ui-monospace,monospace;font-size:.875em}\
fieldset{margin:1.25rem 0 0;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.375rem}legend{font-weight:600}\
label{display:block;padding:.375rem 0}\
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}\
button{min-height:2.75rem;padding:.5rem 1.5rem;font:inherit;font-weight:600;border-radius:.375rem;border:1px solid var(--line);\
background:transparent;color:inherit;cursor:pointer}\
button[value=allow]{background:var(--main);border-color:var(--main);color:var(--on-main)}\
:focus-visible{outline:3px solid var(--main);outline-offset:2px}";

/// Asks the user. `query` is the request's own, encoded: the form posts back to the same URL, wherever that is.
pub(super) fn consent(provider: &str, asked: &Asked, consent: &Consent<'_>, query: &str) -> Response {
    let provider = escape(provider);
    let body = format!(
        "<h1>Give an app access to {provider}?</h1>\
         <p>The app with the client id <code>{client}</code> asks for access to the test data of this simulator.</p>\
         <h2>What it asks for</h2>{scopes}\
         <form method=\"post\" action=\"?{query}\">{choice}\
         <div class=\"buttons\"><button name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></div></form>\
         <p class=\"soft\">Either answer leads back to <code>{back}</code>.</p>",
        client = escape(&asked.client),
        scopes = scopes(&asked.scopes, consent.without_scopes),
        query = escape(query),
        choice = consent.choice.map(choice).unwrap_or_default(),
        back = escape(origin(&asked.redirect_uri)),
    );
    page(200, &provider, "Give access", &body)
}

/// Says why there is nothing to ask.
pub(super) fn problem(provider: &str, problem: &str) -> Response {
    let provider = escape(provider);
    let body = format!(
        "<h1>This request cannot be answered</h1><p>Whoever wrote the app has to put it right: {}.</p>",
        escape(problem)
    );
    page(400, &provider, "Error", &body)
}

/// No cache, no frames, no scripts, and no word of where the user came from.
pub(super) fn guarded(response: Response) -> Response {
    response
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
        .header("x-content-type-options", "nosniff")
        .header(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        )
}

/// `provider` and `body` are HTML already.
fn page(status: u16, provider: &str, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} – {provider} simulator</title><style>{STYLE}</style></head><body><main>\
         <p class=\"note\"><strong>Simulator.</strong> This page plays {provider}. It is not {provider}, and no real account \
         is involved: never enter a real password here.</p>{body}</main></body></html>"
    );
    guarded(Response::html(status, html))
}

fn scopes(scopes: &[String], otherwise: &str) -> String {
    if scopes.is_empty() {
        return format!("<p>{}</p>", escape(otherwise));
    }
    let items = scopes
        .iter()
        .map(|scope| format!("<li><code>{}</code></li>", escape(scope)));
    format!("<ul>{}</ul>", items.collect::<String>())
}

fn choice(choice: Choice<'_>) -> String {
    let options = choice.options.iter().enumerate().map(|(index, (id, name))| {
        format!(
            "<label><input type=\"radio\" name=\"{}\" value=\"{}\" required{}> {}</label>",
            escape(choice.name),
            escape(id),
            if index == 0 { " checked" } else { "" },
            escape(name)
        )
    });
    format!(
        "<fieldset><legend>{}</legend>{}</fieldset>",
        escape(choice.label),
        options.collect::<String>()
    )
}

fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url
        .get(host..)
        .and_then(|rest| rest.find(['/', '?']))
        .map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or_default()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
