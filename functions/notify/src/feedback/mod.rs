//! What providers tell of messages afterwards: that they arrived, bounced, or were called spam.

mod apply;
mod gateway;
mod model;
mod routes;
mod ses;
mod sns;

pub(crate) use routes::{
    __path_receive_gateway_event, __path_receive_ses_event, receive_gateway_event, receive_ses_event,
};
pub(crate) use sns::SnsVerifier;
