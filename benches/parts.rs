//! liege's parts, each alone, on one thread: 200 packages.

#![allow(missing_docs)]

mod support;

use std::hint::black_box;
use std::io;

use anyhow::Result;
use criterion::{Criterion, Throughput};
use liege::date::now;
use liege::repository::{Entry, Seal, Settings, of_format};
use liege::sign::{Algorithm, Passphrase, Signer, armored, make};
use liege::site::Site;
use liege::source::Source;
use liege::{format, read, rule};

/// One of them is what all applications share.
const PACKAGES: usize = 200;

/// Enough for a repository's index.
const ENTRIES: usize = 2_000;

fn main() -> Result<()> {
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    spec(&mut criterion)?;
    for family in ["debian", "suse"] {
        package(&mut criterion, family)?;
        index(&mut criterion, family)?;
    }
    criterion.final_summary();
    Ok(())
}

/// Reading and checking, and making all packages without packing them.
fn spec(criterion: &mut Criterion) -> Result<()> {
    let text = support::spec(PACKAGES - 1);
    let mut group = criterion.benchmark_group("spec");
    group.throughput(Throughput::Elements(PACKAGES as u64));
    group.bench_function("read and check", |bencher| {
        bencher.iter(|| {
            let (source, _) = Source::parse("bench", &text);
            let (spec, _) = read::read(&source);
            spec.map(|spec| rule::check(&Site::new(&spec), &source).len())
        });
    });
    for family in ["debian", "suse"] {
        group.bench_function(format!("read and plan for {family}"), |bencher| {
            bencher.iter(|| support::packages(&text, family).map(|packages| packages.len()));
        });
    }
    group.finish();
    Ok(())
}

/// Packing.
fn package(criterion: &mut Criterion, family: &str) -> Result<()> {
    let packages = support::packages(&support::spec(PACKAGES - 1), family)?;
    let mut group = criterion.benchmark_group("pack");
    group.throughput(Throughput::Elements(PACKAGES as u64));
    group.bench_function(family, |bencher| {
        bencher.iter(|| packages.iter().try_for_each(|package| format::of(package)?.build(package, &mut io::sink())));
    });
    group.finish();
    Ok(())
}

/// What is known of each package, signing included, and the indices of many.
fn index(criterion: &mut Criterion, family: &str) -> Result<()> {
    let packages = support::packages(&support::spec(ENTRIES - 1), family)?;
    let Some(first) = packages.first() else { return Ok(()) };
    let format = format::of(first)?;
    let kind = of_format(format.name())?;
    let date = now();
    let key = make("Bench <ops@bench.example>", Algorithm::Ed25519, None, u32::try_from(date)?)?;
    let signer = Signer::read(armored(&key)?.as_bytes(), u32::try_from(date)?, &Passphrase::default())?;
    let built = packages.iter().map(|package| {
        let mut bytes = Vec::new();
        format.build(package, &mut bytes)?;
        Ok((format.file_name(&package.name, &package.build()), bytes))
    });
    let built: Vec<(String, Vec<u8>)> = built.collect::<Result<_>>()?;
    let admit = |built: &[(String, Vec<u8>)]| -> Result<Vec<Entry>> {
        built.iter().map(|(name, bytes)| Ok(kind.admit(name, bytes.clone(), &signer)?.0)).collect()
    };
    let entries = admit(&built)?;
    let settings = Settings {
        name: Some(support::SITE.to_owned()),
        url: Some("https://packages.bench.example".to_owned()),
        suite: "stable".to_owned(),
        architectures: first.family.repository.architectures.clone(),
    };
    let (origin, url) = (settings.name.as_deref(), settings.url.as_deref());
    let seal = Seal { settings: &settings, origin, url, date, valid_until: None, signer: &signer };
    let mut group = criterion.benchmark_group("repository");
    group.throughput(Throughput::Elements(PACKAGES as u64));
    group.bench_function(format!("admit for {family}"), |bencher| bencher.iter(|| admit(&built[..PACKAGES])));
    group.throughput(Throughput::Elements(ENTRIES as u64));
    group.bench_function(format!("indices for {family}"), |bencher| {
        bencher.iter(|| kind.seal(black_box(&entries), &seal).map(|sealed| sealed.files.len()));
    });
    group.finish();
    Ok(())
}
