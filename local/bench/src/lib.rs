//! What tests and figures share: a small Socket.IO client.

pub mod socketio;
