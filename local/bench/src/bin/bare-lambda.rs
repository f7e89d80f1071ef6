//! The least that a function can be: what the start of `auth` is measured against.

use lambda_http::{Error, Request, Response, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(async |_: Request| Ok::<_, Error>(Response::new("hello".to_owned())))).await
}
