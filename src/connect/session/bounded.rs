//! What a server sends, as long as it is what a server could send: memory stays bounded, whoever is
//! at the other end.
//!
//! The driver keeps whatever arrives, in messages of up to two gigabytes; here they are counted
//! before it sees them.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

/// How much may come before the session begins: some parameters, a greeting, an error.
const MOST_AT_START: usize = 1 << 20;

/// How much may come in answer to what was sent last, with what is kept beside it. A role with all
/// that belongs to it takes less than 2 KB: it is more than any cluster has.
const MOST: usize = 1 << 30;

/// What is kept beside each message.
const PER_MESSAGE: usize = 128;

/// What is kept beside each value of a row.
const PER_VALUE: usize = 24;

/// How many bytes of something else are shown.
const SHOWN: usize = 24;

/// What a server may send before the session begins: authentication, errors, notices, parameters, the
/// key for cancelling, the protocol's version, and that it is ready.
const AT_START: &[u8] = b"RENSKvZ";

/// The process that the server says it is, in `BackendKeyData`; the driver keeps it to itself.
pub(super) type Process = Arc<OnceLock<i32>>;

/// A stream that ends with an error where more comes than a server could have to say.
pub(super) struct Bounded<S> {
    stream: S,
    messages: Messages,
}

impl<S> Bounded<S> {
    pub(super) fn new(stream: S, process: Process) -> Self {
        Self { stream, messages: Messages { process, ..Messages::default() } }
    }
}

/// The messages that have come by.
#[derive(Default)]
struct Messages {
    /// Whether the session has begun.
    begun: bool,
    /// The process of the session, once it is known.
    process: Process,
    /// The type and the length of a message, and how many values a row has, or which process it is.
    head: [u8; 9],
    /// How much of the head is known.
    known: usize,
    /// How much of the body is still to come.
    rest: usize,
    /// What has come since something was sent, with what is kept beside it.
    received: usize,
}

impl Messages {
    fn see(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let mut at = 0;
        while at < bytes.len() {
            if self.known == 0 && self.rest > 0 {
                let step = self.rest.min(bytes.len() - at);
                self.rest -= step;
                at += step;
                continue;
            }
            self.head[self.known] = bytes[at];
            self.known += 1;
            let [tag, length @ .., _, _, _, _] = self.head;
            if self.known == 1 && !self.begun && !AT_START.contains(&tag) {
                return Err(Problem::Foreign(shown(&bytes[at..])));
            }
            at += 1;
            if self.known == 5 {
                let length = u32::from_be_bytes(length);
                let body = length.checked_sub(4).ok_or(Problem::Length(length))?;
                self.rest = usize::try_from(body).unwrap_or(usize::MAX);
                self.receive(self.rest.saturating_add(PER_MESSAGE))?;
            }
            let head = match tag {
                b'D' if self.rest >= 2 => 7,
                b'K' if self.rest >= 4 && !self.begun => 9,
                _ => 5,
            };
            if self.known == head {
                let [_, _, _, _, _, rest @ ..] = self.head;
                match head {
                    7 => {
                        let values = u16::from_be_bytes([rest[0], rest[1]]);
                        self.receive(usize::from(values) * PER_VALUE)?;
                    }
                    9 => {
                        let _ = self.process.set(i32::from_be_bytes(rest));
                    }
                    _ => {}
                }
                self.rest -= head - 5;
                self.known = 0;
            }
            self.begun |= tag == b'Z' && self.known == 0;
        }
        Ok(())
    }

    fn receive(&mut self, bytes: usize) -> Result<(), Problem> {
        self.received = self.received.saturating_add(bytes);
        match (self.begun, self.received) {
            (false, MOST_AT_START..) => Err(Problem::AtStart),
            (true, MOST..) => Err(Problem::TooMuch),
            _ => Ok(()),
        }
    }
}

/// The beginning of what is no message.
fn shown(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(SHOWN)].escape_ascii().to_string()
}

/// What no server sends.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
enum Problem {
    /// Something else than the protocol's messages.
    #[error("it says \"{0}\"")]
    Foreign(String),
    /// A message of a length that none can have.
    #[error("it sends a message of {0} bytes")]
    Length(u32),
    /// Too much before the session has begun.
    #[error("it sends more than {} MiB before it lets anybody in", MOST_AT_START >> 20)]
    AtStart,
    /// Too much in one answer.
    #[error("it sends more than {} GiB in one answer", MOST >> 30)]
    TooMuch,
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        let seen = this.messages.see(&buffer.filled()[before..]);
        Poll::Ready(seen.map_err(|problem| io::Error::new(io::ErrorKind::InvalidData, problem)))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.messages.begun {
            this.messages.received = 0;
        }
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Bounded<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// The same within TLS, where the messages can be seen.
pub(super) struct BoundedTls<T>(pub(super) T, pub(super) Process);

impl<S, T> TlsConnect<S> for BoundedTls<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = Bounded<T::Stream>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let Self(tls, process) = self;
        let connecting = tls.connect(stream);
        Box::pin(async move { connecting.await.map(|stream| Bounded::new(stream, process)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag], &length[..], body].concat()
    }

    /// What has been counted, and what was wrong, however the bytes are cut.
    fn seen(bytes: &[u8]) -> (usize, Result<(), String>) {
        let by = |size: usize| {
            let mut messages = Messages::default();
            let mut result = Ok(());
            for part in bytes.chunks(size) {
                result = result.and_then(|()| messages.see(part));
            }
            (messages.received, result.map_err(|problem| problem.to_string()))
        };
        let whole = by(bytes.len());
        for size in [1, 2, 7] {
            let other = by(size);
            assert_eq!((other.0, other.1.is_ok()), (whole.0, whole.1.is_ok()), "{size}");
        }
        whole
    }

    #[test]
    fn messages_are_counted_with_what_is_kept_beside_them() {
        let start = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
        assert_eq!(seen(&start), (4 + 1 + 2 * PER_MESSAGE, Ok(())));
        let row = message(b'D', &[0, 2, 255, 255, 255, 255, 0, 0, 0, 1, b'x']);
        let answer = [&start[..], &row, &message(b'D', b""), &message(b'Z', b"I")].concat();
        let more = 11 + 2 * PER_VALUE + 1 + 3 * PER_MESSAGE;
        assert_eq!(seen(&answer), (4 + 1 + 2 * PER_MESSAGE + more, Ok(())));
    }

    #[test]
    fn the_process_is_heard_of() {
        let key = message(b'K', &[0, 0, 0x12, 0x34, 9, 9, 9, 9]);
        let start = [message(b'R', &[0; 4]), key, message(b'Z', b"I")].concat();
        for size in [1, 2, 7, start.len()] {
            let mut messages = Messages::default();
            start.chunks(size).for_each(|part| messages.see(part).unwrap());
            assert_eq!((messages.process.get(), messages.begun), (Some(&0x1234), true), "{size}");
        }
        // One that is too short, and none at all.
        for start in [[message(b'K', &[1]), message(b'Z', b"I")].concat(), message(b'Z', b"I")] {
            let mut messages = Messages::default();
            messages.see(&start).unwrap();
            assert_eq!((messages.process.get(), messages.begun), (None, true));
        }
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        let problem = |bytes: &[u8]| seen(bytes).1.unwrap_err();
        let http = b"HTTP/1.1 400 Bad Request\r\nServer: \x1b[31mnginx and so on";
        assert_eq!(problem(http), r#"it says "HTTP/1.1 400 Bad Request""#);
        assert_eq!(problem(b"R\0\0\0\x03"), "it sends a message of 3 bytes");
        let absurd = "it sends more than 1 MiB before it lets anybody in";
        assert_eq!(problem(b"E\xff\xff\xff\xff"), absurd);
        assert_eq!(problem(b"S\x7f\xff\xff\xff"), absurd);
        assert_eq!(problem(&message(b'N', &[0; 1000]).repeat(1000)), absurd);
        let begun = message(b'Z', b"I");
        let behind = |bytes: &[u8]| problem(&[&begun[..], bytes].concat());
        let absurd = "it sends more than 1 GiB in one answer";
        assert_eq!(behind(b"D\x7f\xff\xff\xff"), absurd);
        assert_eq!(behind(b"T\x80\0\0\0"), absurd);
        // A gigabyte of its own is not needed to see it.
        let row = message(b'D', &u16::MAX.to_be_bytes());
        assert_eq!(behind(&row.repeat(700)), absurd);
    }
}
