//! The table.

use super::measure::{Contender, Run, median};

/// Prints what the table's columns are called.
pub fn begin() {
    println!("| work | who | ms | µs a package | ratio | CPU ms | peak MB | written MB |");
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
}

/// Prints a line for each contender; ratios are of the times a package, to the first of them.
pub fn lines(work: &str, contenders: &[Contender<'_>], runs: &[Vec<Run>]) {
    let wall = |runs: &[Run]| median(runs, |run| run.wall);
    let mut first = None;
    for (contender, runs) in contenders.iter().zip(runs) {
        let each = wall(runs) / contender.packages as f64;
        let ratio = each / *first.get_or_insert(each);
        println!(
            "| {work} | {} | {:.1} | {:.0} | {ratio:.2} | {} | {} | {} |",
            contender.name,
            wall(runs) * 1e3,
            each * 1e6,
            known(median(runs, |run| run.cpu * 1e3)),
            known(median(runs, |run| run.peak as f64 / 1e6)),
            known(median(runs, |run| run.written as f64 / 1e6)),
        );
    }
}

/// What was not measured is no zero.
fn known(value: f64) -> String {
    if value == 0.0 { String::new() } else { format!("{value:.1}") }
}
