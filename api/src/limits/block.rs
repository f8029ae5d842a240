//! Blocks of addresses.

use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that begin with the same bits, such as 10.0.0.0/8; or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    first: IpAddr,
    bits: u32,
}

impl Block {
    /// Whether `address` is one of them.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let ignored = 32 - self.bits;
                (first.to_bits() ^ address.to_bits()).checked_shr(ignored).unwrap_or(0) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let ignored = 128 - self.bits;
                (first.to_bits() ^ address.to_bits()).checked_shr(ignored).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Block {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| ())?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| ())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        match bits.unwrap_or(most) {
            bits if bits <= most => Ok(Self { first, bits }),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Block;

    #[test]
    fn a_block_holds_what_begins_like_it() {
        for (block, address, holds) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            let parsed: Block = block.parse().expect("a block");
            let address = address.parse().expect("an address");
            assert_eq!(parsed.contains(address), holds, "{block} {address}");
        }
        for nonsense in ["", "host", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/-1"] {
            assert!(nonsense.parse::<Block>().is_err(), "{nonsense}");
        }
    }
}
