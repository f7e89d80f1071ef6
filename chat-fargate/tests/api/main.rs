//! Chat as its callers see it: the real router on a loopback port, on the embedded AWS.

mod authorization;
mod document;
mod messages;
mod order;
mod sockets;
mod support;
mod threads;
