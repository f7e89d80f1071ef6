//! The `Schedule` events of template.yaml: fires each into its worker, as `EventBridge` does.

mod cron;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use local_aws::template::Schedule;
use serde::Serialize;
use shared::Error;
use shared::clock::Clock;
use shared::jobs::{Event, Worker, handle};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::error::LocalError;
use crate::queues::cause;
use cron::Cron;

/// One timer of one function.
#[derive(Clone)]
pub(crate) struct Timer {
    function: String,
    schedule: Schedule,
    when: When,
    event: Event,
    worker: Arc<dyn Worker>,
    clock: Clock,
    last: Arc<Mutex<Option<Firing>>>,
}

#[derive(Clone, Debug)]
enum When {
    Every(Duration),
    Cron(Cron),
}

/// How a timer went the last time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Firing {
    at: Timestamp,
    error: Option<String>,
}

/// A timer as the page shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimerView<'a> {
    function: &'a str,
    name: &'a str,
    expression: &'a str,
    last: Option<Firing>,
}

impl Timer {
    /// Reads a schedule; one that cannot be kept is an error of the template.
    pub(crate) fn new(
        function: &str,
        schedule: &Schedule,
        worker: Arc<dyn Worker>,
        clock: &Clock,
    ) -> Result<Self, LocalError> {
        let wrong = |problem: String| LocalError::Template { owner: format!("{function}, {}", schedule.name), problem };
        let when = match (schedule.period(), Cron::parse(&schedule.expression)) {
            (Some(period), _) => When::Every(period),
            (None, Some(cron)) => When::Cron(cron),
            (None, None) => return Err(wrong(format!("the schedule `{}` is not understood", schedule.expression))),
        };
        let event = serde_json::from_value(schedule.input.clone());
        Ok(Self {
            function: function.to_owned(),
            schedule: schedule.clone(),
            when,
            event: event.map_err(|_| wrong("the input is no timer event".to_owned()))?,
            worker,
            clock: clock.clone(),
            last: Arc::default(),
        })
    }

    /// Fires until `stop`. A rate fires at once, too: what a crash left behind need not wait for it.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let (pause, period) = match &self.when {
            When::Every(period) => (Duration::ZERO, *period),
            When::Cron(_) => (until_next_minute(self.clock.now()), Duration::from_mins(1)),
        };
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + pause, period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let due = match &self.when {
                When::Every(_) => true,
                When::Cron(cron) => cron.matches(self.clock.now()),
            };
            if due {
                self.fire().await;
            }
        }
    }

    /// Fires now and gives what went wrong. The next regular firing stays as it is.
    pub(crate) async fn fire(&self) -> Firing {
        let outcome: Result<_, Error> = handle(self.worker.as_ref(), self.event.clone()).await;
        let firing = Firing { at: self.clock.now(), error: outcome.err().as_ref().map(cause) };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(firing.clone());
        firing
    }

    /// Whether this is the timer `name` of `function`.
    pub(crate) fn is(&self, function: &str, name: &str) -> bool {
        self.function == function && self.schedule.name == name
    }

    /// As the page shows it.
    pub(crate) fn view(&self) -> TimerView<'_> {
        TimerView {
            function: &self.function,
            name: &self.schedule.name,
            expression: &self.schedule.expression,
            last: self.last.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// To the start of the next minute, and a little on, so that a coarse timer is not early.
fn until_next_minute(now: Timestamp) -> Duration {
    let passed = u64::try_from(now.as_millisecond().rem_euclid(60_000)).unwrap_or(0);
    Duration::from_millis(60_050 - passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;
    use shared::jobs::Message;
    use tokio::sync::mpsc;

    /// Tells which timers fire, and fails those named `bad`.
    struct Tells(mpsc::UnboundedSender<String>);

    impl Worker for Tells {
        fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
            self.0.send(name.to_owned()).unwrap();
            async move { if name == "bad" { Err(Error::internal("as told")) } else { Ok(()) } }.boxed()
        }

        fn message<'a>(&'a self, _: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
            async { Ok(()) }.boxed()
        }
    }

    fn timer(expression: &str, name: &str) -> (Result<Timer, LocalError>, mpsc::UnboundedReceiver<String>) {
        let (tell, told) = mpsc::unbounded_channel();
        let schedule = Schedule {
            name: "Sweep".to_owned(),
            expression: expression.to_owned(),
            input: serde_json::json!({ "timer": name }),
        };
        (Timer::new("Worker", &schedule, Arc::new(Tells(tell)), &Clock::system()), told)
    }

    #[tokio::test]
    async fn a_rate_fires_at_once_and_ends_with_the_platform() {
        let (timer, mut told) = timer("rate(1 hour)", "sweep");
        let stop = CancellationToken::new();
        let running = tokio::spawn(timer.unwrap().run(stop.clone()));
        assert_eq!(told.recv().await.as_deref(), Some("sweep"));
        stop.cancel();
        running.await.unwrap();
        assert_eq!(told.recv().await, None, "it fired again within its hour");
    }

    #[tokio::test]
    async fn the_last_firing_is_told_with_its_error() {
        let (timer, _told) = timer("cron(0 3 * * ? *)", "bad");
        let timer = timer.unwrap();
        assert!(timer.view().last.is_none());
        timer.fire().await;
        assert_eq!(timer.view().last.unwrap().error.as_deref(), Some("as told"));
        assert!(timer.is("Worker", "Sweep") && !timer.is("Worker", "sweep"));
    }

    #[test]
    fn a_schedule_that_is_not_understood_is_named() {
        let error = timer("rate(1 fortnight)", "sweep").0.err().unwrap();
        assert!(error.to_string().contains("rate(1 fortnight)"), "{error}");
    }
}
