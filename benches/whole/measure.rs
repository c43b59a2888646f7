//! Runs whole processes in turn, and what each of them took.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use wait4::Wait4 as _;

/// What one run took.
#[derive(Clone, Copy, Default)]
pub struct Run {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds of processors, of the process and all that it waited for.
    pub cpu: f64,
    /// Bytes in memory at most, of the largest process.
    pub peak: u64,
    /// Bytes that it wrote itself.
    pub written: u64,
}

/// Somebody who does the work that is measured.
pub struct Contender<'a> {
    /// What to call it in the table.
    pub name: String,
    /// How many packages a run works on.
    pub packages: usize,
    run: Box<dyn Fn(usize) -> Result<Run> + 'a>,
}

impl<'a> Contender<'a> {
    /// `run` prepares the round of that number and measures it.
    pub fn new(name: impl Into<String>, packages: usize, run: impl Fn(usize) -> Result<Run> + 'a) -> Self {
        Self { name: name.into(), packages, run: Box::new(run) }
    }
}

/// Has everybody run once in each round, one after the other: a machine that grows slower does so for all of them.
pub fn in_turn(rounds: usize, contenders: &[Contender<'_>]) -> Result<Vec<Vec<Run>>> {
    let mut runs = vec![Vec::new(); contenders.len()];
    for round in 0..rounds {
        for (contender, runs) in contenders.iter().zip(&mut runs) {
            runs.push((contender.run)(round).with_context(|| contender.name.clone())?);
        }
    }
    Ok(runs)
}

/// Runs a command to its end. What earlier ones wrote is on disk before it begins.
pub fn measure(command: &mut Command) -> Result<Run> {
    rustix::fs::sync();
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stdin(Stdio::null()).spawn().context("cannot start")?;
    let pid = Pid::from_child(&child);
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).context("cannot wait")?;
    let wall = begun.elapsed().as_secs_f64();
    let written = written(&fs::read_to_string(format!("/proc/{}/io", pid.as_raw_nonzero())).unwrap_or_default());
    let ended = child.wait4().context("cannot wait")?;
    if !ended.status.success() {
        bail!("{command:?} ended with {}", ended.status);
    }
    let cpu = (ended.rusage.utime + ended.rusage.stime).as_secs_f64();
    Ok(Run { wall, cpu, peak: ended.rusage.maxrss, written })
}

/// Runs a command that prints how many seconds its own work took.
pub fn measure_inside(command: &mut Command) -> Result<Run> {
    rustix::fs::sync();
    let output = command.stderr(Stdio::inherit()).output().context("cannot start")?;
    let seconds = String::from_utf8_lossy(&output.stdout).trim().parse().with_context(|| format!("{command:?}"))?;
    Ok(Run { wall: seconds, ..Run::default() })
}

/// Runs a command that prepares something.
pub fn prepare(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// A shell with `$1`, `$2`, … in a directory.
pub fn shell(script: &str, directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-euc", script, "-"]).args(arguments).current_dir(directory).stderr(Stdio::null());
    command
}

/// The value in the middle.
pub fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `wchar` of proc(5): what went through write(2) and its kin.
fn written(io: &str) -> u64 {
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.and_then(|number| number.parse().ok()).unwrap_or_default()
}
