//! Restricts the addresses of agents and named leaders that the gateway may call. These calls carry credentials, so an address that
//! a peer names is checked as text and again after resolution. Opens no connections.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::Uri;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use ipnet::IpNet;
use tower::Service;

/// A network from the command line: CIDR such as `10.0.0.0/8`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let one = || text.parse::<IpAddr>().map(IpNet::from).ok();
        let network = text.parse::<IpNet>().ok().or_else(one);
        network.map(|network| Network(network.trunc())).ok_or_else(|| "expecting a network, as 10.0.0.0/8".to_owned())
    }
}

impl Network {
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }
}

/// Where the peer that names an address is. The named address may be in the same scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkScope {
    /// On this machine.
    Machine,
    /// On a link of this machine, with an IPv4 link-local address (RFC 3927).
    Link4,
    /// On a link of this machine, with an IPv6 link-local address (RFC 4291).
    Link6,
    Elsewhere,
}

impl NetworkScope {
    pub fn of(ip: IpAddr) -> NetworkScope {
        match plain(ip) {
            ip if ip.is_loopback() => NetworkScope::Machine,
            IpAddr::V4(v4) if v4.is_link_local() => NetworkScope::Link4,
            IpAddr::V6(v6) if v6.is_unicast_link_local() => NetworkScope::Link6,
            IpAddr::V4(_) | IpAddr::V6(_) => NetworkScope::Elsewhere,
        }
    }
}

/// The set of addresses that calls may reach.
#[derive(Clone, Debug)]
pub struct AllowedAddresses {
    networks: Arc<[Network]>,
    /// Scope of the peer that names the address.
    place: NetworkScope,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressNotAllowed {
    #[error("is at {0}, which is no address of a machine")]
    NoMachine(IpAddr),
    #[error(
        "is at {0}, on the gateway's own machine; allow an agent there with --agent-network, name a master there with --master"
    )]
    ThisMachine(IpAddr),
    #[error("is at {0}, outside of the networks that --agent-network allows")]
    Outside(IpAddr),
}

impl AllowedAddresses {
    /// Returns the addresses for agents: all of `networks`. Without networks, allows every address; loopback only if a master is on
    /// this machine (`is_near`).
    pub fn new(networks: &[Network], is_near: bool) -> AllowedAddresses {
        AllowedAddresses {
            networks: networks.into(),
            place: if is_near { NetworkScope::Machine } else { NetworkScope::Elsewhere },
        }
    }

    /// Returns the addresses for a leader that a master names, by that master's scope. Only masters on a link may name link-local
    /// addresses: in clouds, such an address serves the machine's credentials.
    pub fn of_leader(place: NetworkScope) -> AllowedAddresses {
        AllowedAddresses { networks: [].into(), place }
    }

    /// Returns all addresses of machines.
    pub fn everywhere() -> AllowedAddresses {
        AllowedAddresses { networks: [].into(), place: NetworkScope::Machine }
    }

    pub fn check(&self, ip: IpAddr) -> Result<(), AddressNotAllowed> {
        let ip = plain(ip);
        let is_same_link =
            matches!(self.place, NetworkScope::Link4 | NetworkScope::Link6) && NetworkScope::of(ip) == self.place;
        if is_no_machine(ip) && !is_same_link {
            return Err(AddressNotAllowed::NoMachine(ip));
        }
        if !self.networks.is_empty() {
            let is_inside = self.networks.iter().any(|network| network.0.contains(&ip));
            return if is_inside { Ok(()) } else { Err(AddressNotAllowed::Outside(ip)) };
        }
        if ip.is_loopback() && self.place != NetworkScope::Machine {
            Err(AddressNotAllowed::ThisMachine(ip))
        } else {
            Ok(())
        }
    }

    /// Checks a URL whose host is an IP address. A host name passes here and is checked after resolution.
    pub fn check_url(&self, url: &Uri) -> Result<(), AddressNotAllowed> {
        let host = url.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        host.parse().map_or(Ok(()), |ip| self.check(ip))
    }
}

/// Returns the IPv4 address that an IPv6 address embeds, or else the address itself (RFC 4291, 2.5.5; RFC 6052).
fn plain(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let embedded = match v6.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => Some((high, low)),
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some((high, low)),
        _ => None,
    };
    let v4 = |(high, low): (u16, u16)| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    embedded.map_or(ip, |parts| v4(parts).into())
}

fn is_no_machine(ip: IpAddr) -> bool {
    let is_odd = match ip {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    is_odd || ip.is_unspecified() || ip.is_multicast()
}

/// Returns true if a host name is a number that resolvers accept as an address: `2130706433`, `0x7f.1` or `0177.0.0.1`. See
/// inet_aton and the URL standard's "ends in a number". A dotted-decimal IPv4 address is not one.
pub fn is_disguised_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_decimal = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    let is_hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    (is_decimal || is_hex) && host.parse::<Ipv4Addr>().is_err()
}

/// A resolver that returns only allowed addresses.
#[derive(Clone, Debug)]
pub struct ScreenedResolver {
    resolver: GaiResolver,
    reach: AllowedAddresses,
}

impl ScreenedResolver {
    pub fn new(reach: AllowedAddresses) -> ScreenedResolver {
        ScreenedResolver { resolver: GaiResolver::new(), reach }
    }
}

impl Service<Name> for ScreenedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.resolver.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolved, reach) = (self.resolver.call(name), self.reach.clone());
        Box::pin(async move { screen(resolved.await?, &reach) })
    }
}

fn screen(
    addresses: impl Iterator<Item = SocketAddr>,
    reach: &AllowedAddresses,
) -> io::Result<std::vec::IntoIter<SocketAddr>> {
    let (mut fit, mut unfit) = (Vec::new(), None);
    for address in addresses {
        match reach.check(address.ip()) {
            Ok(()) => fit.push(address),
            Err(why) => unfit = Some(why),
        }
    }
    match unfit {
        Some(why) if fit.is_empty() => Err(io::Error::other(format!("it {why}"))),
        Some(_) | None => Ok(fit.into_iter()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(networks: &[&str], is_near: bool) -> AllowedAddresses {
        let networks: Vec<_> = networks.iter().map(|text| text.parse().expect("the case is a network")).collect();
        AllowedAddresses::new(&networks, is_near)
    }

    fn reached<'a>(reach: &AllowedAddresses, addresses: &[&'a str]) -> Vec<&'a str> {
        let fits = |address: &&&str| reach.check(address.parse().expect("the case is an address")).is_ok();
        addresses.iter().filter(fits).copied().collect()
    }

    const LOOPBACK: [&str; 7] =
        ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "::ffff:7f01:203"];
    const NO_MACHINES: [&str; 14] = [
        "0.0.0.0",
        "0.0.0.1",
        "::",
        "::ffff:0.0.0.0",
        "::ffff:0:0",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "febf::1",
        "224.0.0.1",
        "239.1.1.1",
        "ff02::1",
        "255.255.255.255",
        "::ffff:255.255.255.255",
    ];
    const MACHINES: [&str; 6] = ["10.0.0.7", "192.168.1.2", "8.8.8.8", "fd00::7", "2001:db8::1", "::ffff:10.0.0.7"];

    #[test]
    fn all_but_loopback_is_allowed_by_default() {
        let far = reach(&[], false);
        assert_eq!(reached(&far, &MACHINES), MACHINES);
        assert!(reached(&far, &LOOPBACK).is_empty() && reached(&far, &NO_MACHINES).is_empty());
    }

    #[test]
    fn loopback_is_allowed_if_a_master_is_local() {
        let near = reach(&[], true);
        assert_eq!(reached(&near, &MACHINES), MACHINES);
        assert_eq!(reached(&near, &LOOPBACK), LOOPBACK);
        assert!(reached(&near, &NO_MACHINES).is_empty());
    }

    #[test]
    fn a_leader_on_a_link_is_named_by_a_master_there_alone() {
        let of = |ip: &str| AllowedAddresses::of_leader(NetworkScope::of(ip.parse().expect("the case is an address")));
        for master in ["10.0.0.1", "fd00::1", "8.8.8.8"] {
            assert_eq!(reached(&of(master), &MACHINES), MACHINES, "{master}");
            assert!(reached(&of(master), &NO_MACHINES).is_empty(), "{master}");
            assert!(reached(&of(master), &LOOPBACK).is_empty(), "{master}");
        }
        for master in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(reached(&of(master), &LOOPBACK), LOOPBACK, "{master}");
            assert!(reached(&of(master), &NO_MACHINES).is_empty(), "{master}");
        }
        let on_link4 = ["169.254.169.254", "::ffff:169.254.169.254"];
        assert_eq!(reached(&of("169.254.1.2"), &NO_MACHINES), on_link4);
        assert_eq!(reached(&of("::ffff:169.254.1.2"), &NO_MACHINES), on_link4);
        assert_eq!(reached(&of("fe80::7"), &NO_MACHINES), ["fe80::1", "febf::1"]);
        assert!(reached(&of("fe80::7"), &LOOPBACK).is_empty());
    }

    #[test]
    fn only_configured_networks_are_allowed() {
        let some = reach(&["10.9.0.0/8", "fd00::/8", "192.168.1.2"], true);
        assert_eq!(reached(&some, &MACHINES), ["10.0.0.7", "192.168.1.2", "fd00::7", "::ffff:10.0.0.7"]);
        assert!(reached(&some, &LOOPBACK).is_empty());
        let all = reach(&["0.0.0.0/0", "::/0"], false);
        assert_eq!(reached(&all, &MACHINES), MACHINES);
        assert_eq!(reached(&all, &LOOPBACK), LOOPBACK);
        assert!(reached(&all, &NO_MACHINES).is_empty());
    }

    #[test]
    fn networks_of_the_command_line() {
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "agents", "10.0.0.0/8,10.1.0.0/16", "0x0a000000/8"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn numeric_hosts_are_rejected() {
        for number in
            ["2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "127.1", "127.0.0.01", "a.0x", "1.2.3.4.5", "a.1"]
        {
            assert!(is_disguised_address(number), "{number}");
        }
        for name in ["127.0.0.1", "10.0.0.7", "a", "a1", "1a", "node-1.cluster2", "0xg", "10.0.0.7.internal"] {
            assert!(!is_disguised_address(name), "{name}");
        }
    }

    #[test]
    fn resolved_addresses_are_checked() {
        let address = |text: &str| SocketAddr::new(text.parse().expect("the case is an address"), 5051);
        let resolved = || ["127.0.0.1", "10.0.0.7"].map(address).into_iter();
        let fit: Vec<_> = screen(resolved(), &reach(&[], false)).expect("one is fit").collect();
        assert_eq!(fit, [address("10.0.0.7")]);
        let words = screen(resolved(), &reach(&["fd00::/8"], true)).expect_err("none is fit").to_string();
        assert_eq!(words, "it is at 10.0.0.7, outside of the networks that --agent-network allows");
    }
}
