//! An answer while it arrives.

use std::io;

/// How much is read at a time.
const PIECE: usize = 1 << 16;

/// What has come of an answer so far.
#[derive(Default)]
pub(crate) struct Received {
    bytes: Vec<u8>,
    filled: usize,
}

impl Received {
    /// Forgets the answer before.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// What has come.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// Where to put what comes next.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if self.bytes.len() < self.filled + PIECE {
            self.bytes.resize(self.filled + PIECE, 0);
        }
        &mut self.bytes[self.filled..]
    }

    /// So many bytes more have come; the status and the length of the body once all is there.
    ///
    /// # Errors
    /// When none came, so the connection is closed, or they are no answer.
    pub(crate) fn more(&mut self, read: usize) -> io::Result<Option<(u16, u64)>> {
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.filled += read;
        answer(self.bytes())
    }
}

/// The status and the length of the body of a whole answer; none while some of it is missing.
fn answer(bytes: &[u8]) -> io::Result<Option<(u16, u64)>> {
    let Some((head, mut body)) = split(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(head).map_err(io::Error::other)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let status = status.parse().map_err(io::Error::other)?;
    let mut length = 0;
    let mut chunked = false;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = value.trim().eq_ignore_ascii_case("chunked");
        }
    }
    if !chunked {
        return Ok((body.len() >= length).then_some((status, length as u64)));
    }
    let mut whole = 0;
    while let Some((line, rest)) = split(body, b"\r\n") {
        let line = std::str::from_utf8(line).map_err(io::Error::other)?;
        let length = usize::from_str_radix(line, 16).map_err(io::Error::other)?;
        let Some(rest) = rest.get(length + 2..) else { break };
        if length == 0 {
            return Ok(Some((status, whole)));
        }
        whole += length as u64;
        body = rest;
    }
    Ok(None)
}

/// What stands before and after the first `mark`.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn an_answer_is_whole_only_with_its_last_byte() {
        for (bytes, whole) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", (200, 5)),
            ("HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", (204, 0)),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                 3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n",
                (200, 13),
            ),
        ] {
            assert_eq!(answer(bytes.as_bytes()).expect("sound"), Some(whole), "{bytes}");
            for part in 0..bytes.len() {
                let part = &bytes[..part];
                assert_eq!(answer(part.as_bytes()).expect("sound"), None, "{part}");
            }
        }
        assert!(answer(b"nonsense\r\n\r\n").is_err());
    }
}
