//! Which addresses may be connected to, whatever the name server said.
//!
//! Sources: IANA special-purpose address registries (RFC 6890 and updates) and the metadata addresses of the large clouds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

use crate::SendError;

/// How much of the address space is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Openness {
    /// Only addresses that the whole internet can reach.
    Public,
    /// Loopback and private ranges too: development, or an origin that the operator named. Never link-local or metadata.
    Private,
}

const METADATA: &str = "a cloud metadata address";
const LOOPBACK: &str = "loopback";
const PRIVATE: &str = "private";
const UNIQUE_LOCAL: &str = "unique local";
const RESERVED: &str = "reserved";

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
}

const fn v6(a: u16, b: u16, c: u16, d: u16, h: u16, prefix: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, h), prefix))
}

/// First match wins, so metadata addresses inside of ranges that the switch opens stand first.
const DENIED: &[(IpNet, &str)] = &[
    (v4(169, 254, 169, 254, 32), METADATA),
    (v4(168, 63, 129, 16, 32), METADATA),            // Azure
    (v4(100, 100, 100, 200, 32), METADATA),          // Alibaba Cloud
    (v4(192, 0, 0, 192, 32), METADATA),              // Oracle Cloud
    (v6(0xfd00, 0xec2, 0, 0, 0x254, 128), METADATA), // AWS
    (v6(0xfd20, 0xce, 0, 0, 0x254, 128), METADATA),  // Google Cloud
    (v4(0, 0, 0, 0, 8), "unspecified"),
    (v4(10, 0, 0, 0, 8), PRIVATE),
    (v4(100, 64, 0, 0, 10), "shared by a carrier (CGNAT)"),
    (v4(127, 0, 0, 0, 8), LOOPBACK),
    (v4(169, 254, 0, 0, 16), "link-local"),
    (v4(172, 16, 0, 0, 12), PRIVATE),
    (v4(192, 0, 0, 0, 24), "for protocol assignments"),
    (v4(192, 0, 2, 0, 24), "for documentation"),
    (v4(192, 88, 99, 0, 24), "a 6to4 relay"),
    (v4(192, 168, 0, 0, 16), PRIVATE),
    (v4(198, 18, 0, 0, 15), "for benchmarking"),
    (v4(198, 51, 100, 0, 24), "for documentation"),
    (v4(203, 0, 113, 0, 24), "for documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), RESERVED),
    (v6(0, 0, 0, 0, 0, 128), "unspecified"),
    (v6(0, 0, 0, 0, 1, 128), LOOPBACK),
    (v6(0x64, 0xff9b, 1, 0, 0, 48), "a local NAT64 address"),
    (v6(0x100, 0, 0, 0, 0, 64), "discard-only"),
    (v6(0x2001, 2, 0, 0, 0, 48), "for benchmarking"),
    (v6(0x2001, 0x10, 0, 0, 0, 28), "an ORCHID"),
    (v6(0x2001, 0x20, 0, 0, 0, 28), "an ORCHID"),
    (v6(0x2001, 0xdb8, 0, 0, 0, 32), "for documentation"),
    (v6(0x3fff, 0, 0, 0, 0, 20), "for documentation"),
    (v6(0xfc00, 0, 0, 0, 0, 7), UNIQUE_LOCAL),
    (v6(0xfe80, 0, 0, 0, 0, 10), "link-local"),
    (v6(0xfec0, 0, 0, 0, 0, 10), "site-local"),
    (v6(0xff00, 0, 0, 0, 0, 8), "multicast"),
];

/// The only part of IPv6 that is assigned for the internet (RFC 4291 section 2.4).
const GLOBAL_UNICAST: IpNet = v6(0x2000, 0, 0, 0, 0, 3);

/// Whether [`Openness::Private`] opens the range of this name.
pub(crate) fn is_opened_by_switch(range: &str) -> bool {
    [LOOPBACK, PRIVATE, UNIQUE_LOCAL].contains(&range)
}

/// Looks at an address and at every IPv4 address inside of it. The error names the range.
pub(crate) fn check(address: IpAddr, openness: Openness) -> Result<(), &'static str> {
    let embedded = match address {
        IpAddr::V4(_) => Vec::new(),
        IpAddr::V6(address) => embedded_v4(address),
    };
    for inner in &embedded {
        check_one(IpAddr::V4(*inner), openness)?;
    }
    // A wrapper around allowed addresses is fine although it lies outside of the global unicast range.
    if embedded.is_empty() {
        check_one(address, openness)
    } else {
        Ok(())
    }
}

/// Looks at the host of a URL where it is an IP address: the HTTP client asks no resolver for those.
pub(crate) fn check_literal(url: &Url, openness: Openness) -> Result<(), SendError> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    check(address, openness).map_err(|range| SendError::AddressNotAllowed {
        host: address.to_string(),
        range,
    })
}

fn check_one(address: IpAddr, openness: Openness) -> Result<(), &'static str> {
    let listed = DENIED
        .iter()
        .find(|(net, _)| net.contains(&address))
        .map(|(_, range)| *range);
    match listed {
        Some(range) if openness == Openness::Private && is_opened_by_switch(range) => Ok(()),
        Some(range) => Err(range),
        None if address.is_ipv6() && !GLOBAL_UNICAST.contains(&address) => Err(RESERVED),
        None => Ok(()),
    }
}

/// IPv4 addresses that an IPv6 address stands for: mapped, compatible, NAT64, 6to4 and Teredo.
fn embedded_v4(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Vec::new(),
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => vec![from(high, low)],
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            vec![from(server_high, server_low), from(!high, !low)]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(address: &str, openness: Openness) -> Option<&'static str> {
        check(address.parse().unwrap(), openness).err()
    }

    #[test]
    fn special_addresses_are_denied_and_the_switch_opens_only_loopback_and_private_ones() {
        // (address, range without the switch, whether the switch opens it)
        let cases = [
            ("127.0.0.1", LOOPBACK, true),
            ("127.255.255.254", LOOPBACK, true),
            ("10.1.2.3", PRIVATE, true),
            ("172.16.0.1", PRIVATE, true),
            ("172.31.255.255", PRIVATE, true),
            ("192.168.1.1", PRIVATE, true),
            ("::1", LOOPBACK, true),
            ("fc00::1", UNIQUE_LOCAL, true),
            ("fdff::1", UNIQUE_LOCAL, true),
            ("169.254.169.254", METADATA, false),
            ("168.63.129.16", METADATA, false),
            ("100.100.100.200", METADATA, false),
            ("192.0.0.192", METADATA, false),
            ("fd00:ec2::254", METADATA, false),
            ("fd20:ce::254", METADATA, false),
            ("169.254.0.1", "link-local", false),
            ("fe80::1", "link-local", false),
            ("febf::1", "link-local", false),
            ("fec0::1", "site-local", false),
            ("100.64.0.1", "shared by a carrier (CGNAT)", false),
            ("0.0.0.0", "unspecified", false),
            ("0.1.2.3", "unspecified", false),
            ("::", "unspecified", false),
            ("192.0.0.8", "for protocol assignments", false),
            ("192.0.2.1", "for documentation", false),
            ("198.51.100.1", "for documentation", false),
            ("203.0.113.1", "for documentation", false),
            ("2001:db8::1", "for documentation", false),
            ("3fff::1", "for documentation", false),
            ("192.88.99.1", "a 6to4 relay", false),
            ("198.18.0.1", "for benchmarking", false),
            ("198.19.255.255", "for benchmarking", false),
            ("2001:2::1", "for benchmarking", false),
            ("2001:1f::1", "an ORCHID", false),
            ("2001:2f::1", "an ORCHID", false),
            ("224.0.0.1", "multicast", false),
            ("ff02::1", "multicast", false),
            ("240.0.0.1", RESERVED, false),
            ("255.255.255.255", RESERVED, false),
            ("100::1", "discard-only", false),
            ("64:ff9b:1::a00:1", "a local NAT64 address", false),
            ("5f00::1", RESERVED, false),
            ("4000::1", RESERVED, false),
        ];
        for (address, expected, opened) in cases {
            assert_eq!(range(address, Openness::Public), Some(expected), "{address}");
            let with_switch = if opened { None } else { Some(expected) };
            assert_eq!(
                range(address, Openness::Private),
                with_switch,
                "{address} with the switch"
            );
        }
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_address_is_looked_at() {
        let cases = [
            ("::ffff:127.0.0.1", LOOPBACK),
            ("::ffff:169.254.169.254", METADATA),
            ("::ffff:0:10.0.0.1", PRIVATE),
            ("::127.0.0.1", LOOPBACK),
            ("::0.0.0.2", "unspecified"),
            ("64:ff9b::10.0.0.1", PRIVATE),
            ("64:ff9b::169.254.169.254", METADATA),
            ("2002:7f00:1::", LOOPBACK),
            ("2002:a9fe:a9fe::1", METADATA),
            ("2001:0:808:808:0:0:80ff:fffe", LOOPBACK), // Teredo, client 127.0.0.1 with its bits turned over
            ("2001:0:a00:1::f7f7:f7f7", PRIVATE),       // Teredo, server 10.0.0.1
        ];
        for (address, expected) in cases {
            assert_eq!(range(address, Openness::Public), Some(expected), "{address}");
        }
        assert_eq!(range("::ffff:127.0.0.1", Openness::Private), None);
        assert_eq!(range("::ffff:169.254.169.254", Openness::Private), Some(METADATA));
        assert_eq!(range("2002:a9fe:a9fe::1", Openness::Private), Some(METADATA));
    }

    #[test]
    fn public_addresses_pass() {
        let public = [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ];
        for address in public {
            assert_eq!(range(address, Openness::Public), None, "{address}");
        }
    }

    #[test]
    fn literals_in_every_spelling_are_looked_at() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "127.0.0.1.",
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            let error = check_literal(&url, Openness::Public).unwrap_err();
            assert!(
                matches!(error, SendError::AddressNotAllowed { range: LOOPBACK, .. }),
                "{host}: {error}"
            );
        }
        assert!(check_literal(&Url::parse("http://localhost/").unwrap(), Openness::Public).is_ok());
    }
}
