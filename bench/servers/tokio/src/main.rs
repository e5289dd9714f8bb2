//! Peer "tokio": tokio 1.54 with tokio-util 0.7's LengthDelimitedCodec (Cargo.lock pins them),
//! a task a connection, one Framed over the socket. Replies are fed, and flushed when no
//! further frame is ready: one read and one write for all that came together.
//!
//!     bench-tokio --threads 1      current_thread; with more, multi_thread with so many workers
//!
//! The codec checks the upper bound of the length before it waits for the frame, the lower one
//! (13) is looked at when the frame is there. It does not: no deadlines, no cap on connections,
//! no graceful end.

use std::io::{Error, ErrorKind, Result};

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

const MAX_FRAME: usize = 1 << 20; // the whole frame, its length included
const LENGTH_SIZE: isize = 4;
const SUBMIT: u8 = 0x02;
const SUBMIT_ACK: u8 = 0x82;
const ID: std::ops::Range<usize> = 1..9; // behind the command; the codec takes the length away
const ACK_SIZE: usize = 10; // command, id, result; the codec puts the length before it

fn main() -> Result<()> {
    runtime(threads()?)?.block_on(serve())
}

fn threads() -> Result<usize> {
    let usage = || {
        Error::new(
            ErrorKind::InvalidInput,
            "usage: [--threads N], N at least 1",
        )
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(1),
        ["--threads", n] => n.parse().ok().filter(|&n| n > 0).ok_or_else(usage),
        _ => Err(usage()),
    }
}

fn runtime(threads: usize) -> Result<Runtime> {
    match threads {
        1 => Builder::new_current_thread().enable_io().build(),
        _ => Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_io()
            .build(),
    }
}

async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?.port());
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        tokio::spawn(async move {
            let _ = converse(socket).await; // a breach, or the end: either way it is closed
        });
    }
}

async fn converse(socket: TcpStream) -> Result<()> {
    let codec = LengthDelimitedCodec::builder()
        .length_adjustment(-LENGTH_SIZE) // the length counts itself
        .max_frame_length(MAX_FRAME)
        .new_codec();
    let mut framed = Framed::new(socket, codec);
    loop {
        let next = match framed.next().now_or_never() {
            Some(ready) => ready,
            None => {
                SinkExt::<&[u8]>::flush(&mut framed).await?;
                framed.next().await
            }
        };
        match next {
            Some(frame) => framed.feed(&acknowledge(&frame?)?[..]).await?,
            None => return SinkExt::<&[u8]>::flush(&mut framed).await,
        }
    }
}

/// The answer to a submit. Anything else, or a frame without room for an id, is a breach.
fn acknowledge(body: &[u8]) -> Result<[u8; ACK_SIZE]> {
    if body.first() != Some(&SUBMIT) || body.len() < ID.end {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut ack = [0; ACK_SIZE]; // the last one is the result: 0, ok
    ack[0] = SUBMIT_ACK;
    ack[ID].copy_from_slice(&body[ID]);
    Ok(ack)
}
