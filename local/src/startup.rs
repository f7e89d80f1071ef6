//! What is said once the platform is up: what is where, who can sign in, what the flags are.

use std::time::Duration;

use shared::clock::Clock;
use shared::service::Service;

use crate::data::DataDir;
use crate::guard::OwnOrigins;
use crate::seeds::{ACCOUNTS, PASSWORD, TENANTS};

/// Prints it to standard output; the log goes to standard error.
pub(crate) fn print(
    origins: &OwnOrigins,
    aws: &str,
    services: &[&Service],
    data: Option<&DataDir>,
    clock: &Clock,
    took: Duration,
) {
    let url = origins.public_base_url();
    let data = data.map_or_else(|| "in memory, gone at the end".to_owned(), |data| data.path().display().to_string());
    println!("EventZR runs on this machine (started in {} ms; Ctrl-C stops it)\n", took.as_millis());
    println!("  page      {:<30} accounts with codes, messages sent, queues, timers", format!("{url}/"));
    let account = format!("{}/account", origins.by_name());
    println!("  sign in   {account:<30} or sign up: a small web application, with second factors and passkeys");
    for service in services {
        let base = format!("{url}{}", service.base_path);
        println!("  {:<9} {base:<30} docs: {base}/docs", service.name);
    }
    println!("  AWS       {aws:<30} for AWS_ENDPOINT_URL; keys test/test, region {}", local_aws::REGION);
    println!("  data      {data}\n");
    println!("  accounts, all with the password {PASSWORD}");
    for account in &ACCOUNTS {
        let tenants: Vec<_> = account.tenants.iter().map(|tenant| tenant.name).collect();
        println!("  {:<22} {:<10} {}", account.email, account.role.name(), tenants.join(", "));
    }
    println!("\n  tenants");
    for tenant in &TENANTS {
        println!("  {} {:<12} {}", tenant.id, tenant.plan.name(), tenant.name);
    }
    for account in &ACCOUNTS {
        if let Some(now) = account.current_code(clock.now()) {
            let (email, code, left) = (account.email, now.code, now.seconds_left);
            println!("\n  {email} has a second factor: its code is {code} for {left} s, later ones are on the page");
        }
    }
    println!("\n  flags     --port N  --aws-port N  --data DIR  --ephemeral  --fresh  (--help)\n");
}
