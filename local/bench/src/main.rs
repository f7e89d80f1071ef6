//! Every figure that the project claims, as a ratio against a baseline of the same run:
//! `cargo run --release -p bench`, or one by its name: `cargo run --release -p bench login`.

mod build;
mod fan_out;
mod load;
mod login;
mod login_timing;
mod message_send;
mod notify;
mod profile;
mod queue;
mod report;
mod reports;
mod request_path;
mod search;
mod search_quality;
mod sockets;
mod stage;
mod start;
mod usage;

use stage::BoxError;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    usage::record();
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    if chosen.first().is_some_and(|one| one == search::PROCESS) {
        return search::in_own_process().await;
    }
    if chosen.first().is_some_and(|one| one == reports::PROCESS) {
        return reports::in_own_process().await;
    }
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);
    if wanted("request-path") {
        request_path::measure().await?;
    }
    if wanted("profile") {
        profile::measure().await?;
    }
    if wanted("message-send") {
        message_send::measure().await?;
    }
    if wanted("notify") {
        notify::measure().await?;
    }
    if wanted("login") {
        login::measure().await?;
    }
    if wanted("login-timing") {
        login_timing::measure().await?;
    }
    if wanted("fan-out") {
        fan_out::measure().await?;
    }
    if wanted("sockets") {
        sockets::measure().await?;
    }
    if wanted("search") {
        search::measure().await?;
    }
    if wanted("reports") {
        reports::measure().await?;
    }
    if wanted("start") {
        start::measure().await?;
    }
    if wanted("search-quality") {
        search_quality::measure().await?;
    }
    Ok(())
}
