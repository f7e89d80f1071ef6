//! A server in a process of its own, and what that uses.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::stage::BoxError;

/// Ends with the value.
pub(super) struct Server {
    process: Child,
    pub(super) url: String,
}

/// What a process has used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// Processor time since its start, in seconds.
    pub(super) cpu: f64,
    /// Memory that it holds now, in kilobytes.
    pub(super) memory: f64,
}

impl Server {
    /// A process that listens on `port` of this machine.
    pub(super) fn new(process: Child, port: u16) -> Self {
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }

    /// A program that is started without the environment of this one.
    pub(super) fn command(program: &Path, arguments: &[&str], stdout: Stdio) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().stdout(stdout).stderr(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// As Linux tells it.
    pub(super) fn usage(&self) -> Result<Usage, BoxError> {
        let of = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", self.process.id()));
        let status = of("status")?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let memory = memory.and_then(|text| text.trim().strip_suffix(" kB")).ok_or("no VmRSS")?.trim().parse()?;
        // In hundredths of a second, after the name in parentheses: user time is the 12th field, system time the 13th.
        let stat = of("stat")?;
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |index: usize| -> Result<f64, BoxError> { Ok(fields.get(index).ok_or("no times")?.parse()?) };
        Ok(Usage { cpu: (ticks(11)? + ticks(12)?) / 100.0, memory })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
