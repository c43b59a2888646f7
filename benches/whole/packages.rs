//! 200 packages: liege, the floor, and those who pack the same files and scripts.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::measure::{Contender, in_turn, measure, measure_inside, prepare, shell};
use super::place::Place;
use super::{ROUNDS, itself, table};

/// One of them is what all applications share.
const PACKAGES: usize = 200;

/// So many are packed a round by tools that are started for each package.
const SOME: usize = 20;

/// Debs, then rpms.
pub fn run(place: &Place) -> Result<()> {
    let spec = place.site(PACKAGES - 1)?;
    debs(place, &spec)?;
    rpms(place, &spec)
}

fn debs(place: &Place, spec: &Path) -> Result<()> {
    let payload = payload(place, spec, "debian")?;
    let built = place.fresh("built")?;
    prepare(place.build(spec, &built).args(["--family", "debian"]))?;
    // dpkg-deb packs a tree with the control files in it: liege's own.
    prepare(&mut shell(
        "for deb in \"$1\"/debian/*.deb; do name=${deb##*/}; dpkg-deb -e \"$deb\" \"${name%%_*}/tree/DEBIAN\"; done",
        &payload,
        &[&built.to_string_lossy()],
    ))?;
    let dpkg = |name: &str, compressor: &'static str| {
        each(place, &payload, name, "dpkg-deb --root-owner-group $2 --build $package/tree \"$1\"", compressor)
    };
    let contenders = [
        liege(place, spec, "debian"),
        floor(place, spec, "debian"),
        dpkg("dpkg-deb gzip", "-Zgzip"),
        dpkg("dpkg-deb xz", "-Zxz"),
        dpkg("dpkg-deb zstd", "-Zzstd"),
        each(
            place,
            &payload,
            "cargo-deb",
            "(cd $package && cargo-deb -q --no-build --no-strip --offline --output \"$1\")",
            "",
        ),
        each(place, &payload, "nfpm deb", "(cd $package && nfpm package --packager deb --target \"$1\")", ""),
    ];
    table::lines(".deb, 200 packages", &contenders, &in_turn(ROUNDS, &contenders)?);
    Ok(())
}

fn rpms(place: &Place, spec: &Path) -> Result<()> {
    let payload = payload(place, spec, "suse")?;
    let contenders = [
        liege(place, spec, "suse"),
        floor(place, spec, "suse"),
        Contender::new("rpmbuild, subpackages", PACKAGES, |_| {
            let top = place.fresh("rpmbuild")?;
            let mut rpmbuild = Command::new("rpmbuild");
            // What it would remove at the end makes the file system slow for others.
            rpmbuild.args(["-bb", "--quiet", "--noclean", "--define"]).arg(format!("_topdir {}", top.display()));
            measure(rpmbuild.arg(payload.join("all.spec")).stderr(std::process::Stdio::null()))
        }),
        each(
            place,
            &payload,
            "cargo-generate-rpm",
            "(cd $package && mkdir -p target && cargo-generate-rpm --payload-compress gzip --output \"$1\")",
            "",
        ),
        each(place, &payload, "nfpm rpm", "(cd $package && nfpm package --packager rpm --target \"$1\")", ""),
    ];
    table::lines(".rpm, 200 packages", &contenders, &in_turn(ROUNDS, &contenders)?);
    Ok(())
}

fn payload(place: &Place, spec: &Path, family: &str) -> Result<PathBuf> {
    let payload = place.fresh("payload")?;
    prepare(itself("payload").arg(spec).arg(family).arg(&payload))?;
    Ok(payload)
}

fn liege<'a>(place: &'a Place, spec: &'a Path, family: &'a str) -> Contender<'a> {
    Contender::new("liege", PACKAGES, move |_| {
        measure(place.build(spec, &place.fresh("out")?).args(["--family", family]))
    })
}

fn floor<'a>(place: &'a Place, spec: &'a Path, family: &'a str) -> Contender<'a> {
    Contender::new("the floor", PACKAGES, move |_| {
        measure_inside(itself("floor").arg(spec).arg(family).arg(place.fresh("floor")?))
    })
}

/// A tool that is started for each package: `$package` in a shell's `script`, `$1` a directory to write to.
fn each<'a>(place: &'a Place, payload: &'a Path, name: &str, script: &str, option: &'a str) -> Contender<'a> {
    let script = format!("for package in $(ls -d */ | head -n {SOME}); do {script}; done");
    Contender::new(name, SOME, move |_| {
        measure(&mut shell(&script, payload, &[&place.fresh("peer")?.to_string_lossy(), option]))
    })
}
