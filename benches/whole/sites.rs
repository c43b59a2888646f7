//! liege alone: how time and memory grow with a site, and what two cores and an `out/` that is there are worth.

use anyhow::Result;

use super::measure::{Contender, in_turn, measure, prepare};
use super::place::Place;
use super::{ROUNDS, support, table};

/// Start-up, sizes, threads.
pub fn run(place: &Place) -> Result<()> {
    start(place)?;
    for applications in [1, 10, 100, 1_000, 10_000] {
        size(place, applications)?;
    }
    threads(place)
}

fn start(place: &Place) -> Result<()> {
    let spec = place.site(1)?;
    let contenders = [
        Contender::new("true", 1, |_| measure(&mut std::process::Command::new("true"))),
        Contender::new("liege check", 1, |_| measure(place.liege("check").arg(&spec))),
    ];
    table::lines("start, 1 application", &contenders, &in_turn(5 * ROUNDS, &contenders)?);
    Ok(())
}

fn size(place: &Place, applications: usize) -> Result<()> {
    let spec = place.site(applications)?;
    let changed = place.spec("changed", &support::changed(applications, applications / 2))?;
    let there = place.fresh("there")?;
    let packages = 3 * (applications + 1) + 1;
    let contenders = [
        Contender::new("cold", packages, |_| measure(&mut place.build(&spec, &place.fresh("out")?))),
        Contender::new("nothing changed", packages, |_| {
            prepare(&mut place.build(&spec, &there))?;
            measure(&mut place.build(&spec, &there))
        }),
        Contender::new("one changed", packages, |_| {
            prepare(&mut place.build(&spec, &there))?;
            measure(&mut place.build(&changed, &there))
        }),
        Contender::new("check", packages, |_| measure(place.liege("check").arg(&spec))),
    ];
    let rounds = if applications > 1_000 { 3 } else { ROUNDS };
    table::lines(&format!("build, {applications} applications"), &contenders, &in_turn(rounds, &contenders)?);
    Ok(())
}

fn threads(place: &Place) -> Result<()> {
    let spec = place.site(1_000)?;
    let build = |threads: &'static str| {
        let (place, spec) = (&place, &spec);
        // The lock, which knows the applications of all sizes by now, is read by one thread.
        move |_| measure(place.build(spec, &place.fresh("out")?).arg("--unlocked").env("RAYON_NUM_THREADS", threads))
    };
    let contenders = [Contender::new("two", 3_004, build("2")), Contender::new("one", 3_004, build("1"))];
    table::lines("threads, 1000 applications", &contenders, &in_turn(ROUNDS, &contenders)?);
    Ok(())
}
