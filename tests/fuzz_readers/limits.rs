//! Runs a target on many cases, each within limits of time and memory.
//!
//! `PROPTEST_CASES` says how many cases; with `FUZZ_SECONDS` a target goes on for so long instead,
//! and says at the end what it has done (`--nocapture` shows it).
//!
//! Memory is that of the process, as Linux counts it: what is resident at most while a case runs
//! (`VmHWM`, set back before each case), above what was when the target began, and the address space
//! (`VmPeak`), so that what is asked for and not touched is seen too. Where there is no `/proc`, only
//! time is limited. One target runs at a time, so that none counts what another takes.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

/// No case may take longer, in seconds of the processor, in the dev build.
const MOST_SECONDS: f64 = 2.0;
/// A case that takes so long in all hangs; the process ends and says which it was.
const HANGS: Duration = Duration::from_secs(60);
/// No case may make the process larger by more than this, in bytes.
const MOST_MEMORY: u64 = 100 << 20;
/// Address space that a case may ask for, in bytes: threads of the allocator and of rayon reserve
/// some that they do not use.
const MOST_ASKED_FOR: u64 = 512 << 20;
/// As many cases run before the clock is looked at.
const BATCH: u32 = 32;

/// One target at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// What was seen of the cases so far.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    cases: u64,
    memory: u64,
    seconds: f64,
}

/// The case that runs, since when, for who looks whether it hangs.
type Current = Arc<Mutex<Option<(Instant, Arc<dyn Debug + Send + Sync>)>>>;

/// Runs `target` on cases of `strategy`: `few`, or as many as the environment says.
pub(crate) fn fuzz<S>(name: &str, few: u32, strategy: S, target: impl Fn(&S::Value))
where
    S: Strategy,
    S::Value: Clone + Debug + Send + Sync + 'static,
{
    let _alone = alone();
    let number = |variable: &str| std::env::var(variable).ok().and_then(|n| n.parse().ok());
    let seconds = number("FUZZ_SECONDS");
    let cases = if seconds.is_some() { BATCH } else { number("PROPTEST_CASES").unwrap_or(few) };
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_time: 20_000,
        ..ProptestConfig::default()
    };
    let started = Instant::now();
    let start = Memory::now();
    let seen = Mutex::new(Seen::default());
    let current = Current::default();
    let done = Arc::new(AtomicBool::new(false));
    watch(name.to_owned(), Arc::clone(&current), Arc::clone(&done));
    loop {
        let result = TestRunner::new(config.clone()).run(&strategy, |value| {
            let value = Arc::new(value);
            let shown: Arc<dyn Debug + Send + Sync> = Arc::clone(&value) as _;
            *current.lock().unwrap() = Some((Instant::now(), shown));
            let case = measured(start, || target(&value));
            *current.lock().unwrap() = None;
            let mut seen = seen.lock().unwrap();
            seen.cases += 1;
            seen.memory = seen.memory.max(case.memory);
            seen.seconds = seen.seconds.max(case.seconds);
            case.judge()
        });
        if let Err(error) = result {
            done.store(true, Ordering::Relaxed);
            panic!("{name}: {error}");
        }
        if seconds.is_none_or(|n| started.elapsed() >= Duration::from_secs(n.into())) {
            break;
        }
    }
    done.store(true, Ordering::Relaxed);
    let Seen { cases, memory, seconds } = *seen.lock().unwrap();
    let (all, memory) = (started.elapsed().as_secs(), memory as f64 / f64::from(1 << 20));
    println!("{name}: {cases} cases in {all} s, {memory:.1} MB at most, {seconds:.2} s at most");
}

/// Keeps all others from running, so that what they take is not counted.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one case that once broke the limits. Who calls it must be [`alone`].
#[track_caller]
pub(crate) fn within(name: &str, case: impl FnOnce()) {
    if let Err(error) = measured(Memory::now(), case).judge() {
        panic!("{name}: {error}");
    }
}

/// Ends the process when a case hangs.
fn watch(name: String, current: Current, done: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        while !done.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(200));
            let hangs =
                current.lock().unwrap().clone().filter(|(since, _)| since.elapsed() > HANGS);
            if let Some((_, case)) = hangs {
                // What goes to the captured output would be lost.
                let text = format!("{name} hangs: {case:?}\n");
                std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
                std::process::abort();
            }
        }
    });
}

/// What a case took.
struct Case {
    memory: u64,
    asked_for: u64,
    seconds: f64,
}

impl Case {
    fn judge(&self) -> Result<(), TestCaseError> {
        let (mb, asked) = (self.memory >> 20, self.asked_for >> 20);
        if self.seconds > MOST_SECONDS {
            return Err(TestCaseError::fail(format!("it took {:.1} s", self.seconds)));
        }
        if self.memory > MOST_MEMORY {
            return Err(TestCaseError::fail(format!("it took {mb} MB of memory")));
        }
        match self.asked_for > MOST_ASKED_FOR {
            true => Err(TestCaseError::fail(format!("it asked for {asked} MB of memory"))),
            false => Ok(()),
        }
    }
}

/// Runs something; what it took above `start`.
fn measured(start: Memory, run: impl FnOnce()) -> Case {
    // Sets the largest resident size back to the present one.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let clock = Instant::now();
    let busy = processor();
    run();
    let wall = clock.elapsed().as_secs_f64();
    // On a busy machine the clock says little.
    let seconds = processor().zip(busy).map_or(wall, |(now, before)| wall.min(now - before));
    let now = Memory::now();
    Case {
        memory: now.largest.saturating_sub(start.resident),
        asked_for: now.asked_for.saturating_sub(start.asked_for),
        seconds,
    }
}

/// The memory of the process, in bytes; zeros where that is not said.
#[derive(Debug, Clone, Copy)]
struct Memory {
    resident: u64,
    largest: u64,
    asked_for: u64,
}

impl Memory {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let of = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            number.unwrap_or(0) << 10
        };
        Self { resident: of("VmRSS:"), largest: of("VmHWM:"), asked_for: of("VmPeak:") }
    }
}

/// Seconds that the process has kept processors busy.
fn processor() -> Option<f64> {
    let all = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may have blanks in it; behind it come numbers.
    let rest = all.rsplit_once(')')?.1;
    let times = rest.split_whitespace().skip(11).take(2);
    let ticks: f64 = times.map(|n| n.parse::<f64>().unwrap_or(0.0)).sum();
    Some(ticks / 100.0)
}
