//! Whatever a guest asks for: what is let out goes to a granted origin, below the base path if it was a path.

use proptest::prelude::*;

use super::*;

const BASE: &str = "https://api.example.com/crm/v2";

/// What an attacker would put together, and any text.
fn any_target() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "https://",
        "HTTP://",
        "http:",
        "//",
        "/",
        "\\",
        "..",
        ".",
        "%2e",
        "%2F",
        "%5c",
        "%25",
        "@",
        ":",
        ";",
        "?",
        "#",
        "api.example.com",
        "API.example.com.",
        "files.example.net",
        "a.files.example.net",
        "evil.com",
        "127.0.0.1",
        "[::1]",
        "localhost",
        ":443",
        ":8443",
        "crm",
        "v2",
        "x",
        "é",
        "。",
        "\u{200b}",
        "\t",
        "\0",
    ]);
    prop_oneof![
        4 => proptest::collection::vec(pieces, 0..10).prop_map(|pieces| pieces.concat()),
        1 => "https://[a-zA-Z0-9.@:%-]{0,30}(api|files)?\\.?example\\.(com|net)[ -~]{0,20}",
        1 => any::<String>(),
    ]
}

fn is_granted(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_named = host == "api.example.com" || host.ends_with(".files.example.net");
    is_named && url.scheme() == "https" && url.port().is_none()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_let_out_is_on_a_granted_host(target in any_target()) {
        let grant = Grant::new(BASE, &["*.files.example.net".to_owned()]).unwrap();
        let Ok(Destination { url, private_origin }) = grant.resolve(&target) else {
            return Ok(());
        };
        prop_assert!(is_granted(&url), "{} -> {}", target, url);
        prop_assert!(url.username().is_empty() && url.password().is_none());
        prop_assert!(url.query().is_none() && url.fragment().is_none());
        prop_assert!(!private_origin);
        if target.starts_with('/') {
            let root = Url::parse(BASE).unwrap();
            prop_assert_eq!(url.origin(), root.origin());
            prop_assert!(url.path().starts_with("/crm/v2/"), "{} -> {}", target, url);
        }
        // What was printed is read as the same place, so nobody after us sees another one.
        prop_assert_eq!(&Url::parse(url.as_str()).unwrap(), &url);
        prop_assert_eq!(grant.resolve(url.as_str()).map(|again| again.url), Ok(url));
    }

    #[test]
    fn with_an_override_it_goes_there_or_to_a_further_granted_host(target in any_target()) {
        let stand_in = Url::parse("http://127.0.0.1:9000/stand-in").unwrap();
        let grant = Grant::new(BASE, &["*.files.example.net".to_owned()]).unwrap().with_override(&stand_in);
        if let Ok(Destination { url, private_origin }) = grant.resolve(&target) {
            let is_stand_in = url.origin() == stand_in.origin();
            prop_assert!(is_stand_in || is_granted(&url), "{} -> {}", target, url);
            prop_assert!(url.host_str() != Some("api.example.com"), "{} -> {}", target, url);
            prop_assert_eq!(private_origin, is_stand_in);
        }
    }
}
