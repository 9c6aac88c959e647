//! How an operator says what a provider allows: `hubspot=190/10`.

use std::time::Duration;

use routemcp_broker::{Allowance, Rate};

const HOW: &str = "give SLUG=REQUESTS/SECONDS, SLUG=REQUESTS/SECONDS/CONCURRENT, or SLUG=unlimited, for example hubspot=190/10";
/// The longest window, in seconds: a day.
const LONGEST: u32 = 86_400;

/// Parses one. Without CONCURRENT the manifest's number of requests under way at once stands.
pub(super) fn slug_and_allowance(text: &str) -> Result<(String, Allowance), String> {
    let (slug, allowance) = text.split_once('=').ok_or(HOW)?;
    if slug.is_empty() {
        return Err(HOW.to_owned());
    }
    if allowance == "unlimited" {
        return Ok((slug.to_owned(), Allowance::default()));
    }
    let mut parts = allowance.split('/');
    let requests = positive("REQUESTS", parts.next(), u32::MAX)?;
    let seconds = positive("SECONDS", parts.next(), LONGEST)?;
    let concurrent = parts.next();
    let concurrent = concurrent.map(|part| positive("CONCURRENT", Some(part), u32::MAX));
    if parts.next().is_some() {
        return Err(HOW.to_owned());
    }
    let rate = Rate {
        requests,
        per: Duration::from_secs(seconds.into()),
    };
    let allowance = Allowance {
        rate: Some(rate),
        concurrent: concurrent.transpose()?,
    };
    Ok((slug.to_owned(), allowance))
}

fn positive(name: &str, part: Option<&str>, largest: u32) -> Result<u32, String> {
    let number = part.ok_or(HOW)?.parse::<u32>();
    let number = number.ok().filter(|number| (1..=largest).contains(number));
    number.ok_or_else(|| format!("{name} must be a whole number from 1 to {largest}; {HOW}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use routemcp_broker::{Allowance, Rate};

    use super::slug_and_allowance;

    #[test]
    fn rates_are_read_or_refused_with_how_to_write_them() {
        let rate = |requests, seconds, concurrent| Allowance {
            rate: Some(Rate {
                requests,
                per: Duration::from_secs(seconds),
            }),
            concurrent,
        };
        for (text, expected) in [
            ("hubspot=190/10", rate(190, 10, None)),
            ("hubspot=190/10/5", rate(190, 10, Some(5))),
            ("hubspot=unlimited", Allowance::default()),
        ] {
            assert_eq!(slug_and_allowance(text), Ok(("hubspot".to_owned(), expected)));
        }
        for bad in [
            "hubspot",
            "=1/1",
            "hubspot=",
            "hubspot=10",
            "hubspot=0/1",
            "hubspot=1/0",
            "hubspot=1/86401",
            "hubspot=1/1/0",
            "hubspot=1/1/1/1",
            "hubspot=-1/1",
            "hubspot=a/b",
        ] {
            let error = slug_and_allowance(bad).unwrap_err();
            assert!(error.contains("SLUG=REQUESTS/SECONDS"), "{bad}: {error}");
        }
    }
}
