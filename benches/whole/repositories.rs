//! Repositories of 200, 2,000 and 20,000 packages: made of a fresh build, and with one package more.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use liege::date::now;
use liege::family::Family;
use liege::publish::Repository;
use liege::repository::{Seal, Settings, of_format};
use liege::sign::{Passphrase, Signer};
use liege::store::{Purpose, Store};

use super::measure::{Contender, in_turn, measure, measure_inside, prepare, shell};
use super::place::Place;
use super::{ROUNDS, itself, support, table};

/// apt-ftparchive with what `Release` needs besides.
const FTPARCHIVE: &str = "apt-ftparchive packages . > \"$1/Packages\"; cd \"$1\"; gzip -kn Packages; xz -k Packages; \
    apt-ftparchive release . > ../Release; mv ../Release .";

/// The same with its database.
const FTPARCHIVE_AGAIN: &str = "apt-ftparchive --db \"$1/db\" packages . > \"$1/Packages\"; cd \"$1\"; \
    gzip -fkn Packages; xz -fk Packages; apt-ftparchive release . > ../Release; mv ../Release .";

/// reprepro's settings: the same indices as liege's.
const DISTRIBUTIONS: &str = "mkdir -p conf; printf 'Codename: stable\\nComponents: main\\nArchitectures: amd64\\n\
    DebIndices: Packages Release . .gz .xz\\n' > conf/distributions";

/// aptly, with its own place for everything.
const APTLY: &str = "printf '{\"rootDir\": \"%s\"}' \"$PWD\" > aptly.conf; aptly -config=aptly.conf repo create bench; \
    aptly -config=aptly.conf repo add bench \"$1\"; \
    aptly -config=aptly.conf publish repo -skip-signing -architectures=amd64,all -distribution=stable bench";

/// aptly with one package more.
const APTLY_AGAIN: &str = "aptly -config=aptly.conf repo add bench \"$1\"; \
    aptly -config=aptly.conf publish update -skip-signing stable";

/// Both kinds, in all sizes.
pub fn run(place: &Place) -> Result<()> {
    for packages in [200, 2_000, 20_000] {
        let rounds = if packages > 2_000 { 3 } else { ROUNDS };
        let site = Site::new(place, packages, rounds)?;
        site.fresh_debs()?;
        site.one_more_deb()?;
        site.fresh_rpms()?;
        site.one_more_rpm()?;
    }
    Ok(())
}

/// A site of so many packages, built, and for each round a package more.
struct Site<'p> {
    place: &'p Place,
    packages: usize,
    rounds: usize,
}

impl<'p> Site<'p> {
    fn new(place: &'p Place, packages: usize, rounds: usize) -> Result<Self> {
        let site = Self { place, packages, rounds };
        let spec = place.site(packages - 1)?;
        // suse has no package besides the shared one and the applications'.
        for family in ["debian", "suse"] {
            prepare(place.build(&spec, &site.path(family)).args(["--family", family]))?;
        }
        for round in 0..rounds {
            let app = format!("more-{round}");
            let text = format!("{}\n[app.{app}]\nmodule = \"more\"\n", support::spec(packages - 1));
            let spec = place.spec("more", &text)?;
            prepare(
                place.build(&spec, &site.path(&app)).args(["--app", &app, "--family", "debian", "--family", "suse"]),
            )?;
        }
        Ok(site)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.place.path(format!("{}-{name}", self.packages))
    }

    /// A directory of a peer's round.
    fn own(&self, peer: &str, round: usize) -> Result<std::path::PathBuf> {
        let path = self.path(&format!("{peer}-{round}"));
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    fn publishes<'a>(&'a self, family: &'static str) -> [Contender<'a>; 2] {
        [
            Contender::new("liege publish", self.packages, move |round| {
                let to = self.own(&format!("liege-{family}"), round)?;
                measure(&mut self.place.publish(&self.path(family), &to)?)
            }),
            Contender::new("liege, indices alone", self.packages, move |round| {
                let to = self.own(&format!("liege-{family}"), round)?;
                measure_inside(itself("indices").arg(to).arg(family).arg(self.place.path("key")))
            }),
        ]
    }

    fn adds<'a>(&'a self, family: &'static str) -> Contender<'a> {
        Contender::new("liege publish", 1, move |round| {
            let to = self.own(&format!("liege-{family}"), 0)?;
            // Two states of one second would not be told apart by web servers: liege waits for the next one.
            std::thread::sleep(Duration::from_millis(1_100));
            measure(&mut self.place.publish(&self.path(&format!("more-{round}")), &to)?)
        })
    }

    fn debs(&self) -> String {
        self.path("debian/debian").to_string_lossy().into_owned()
    }

    fn rpms(&self) -> String {
        self.path("suse/suse").to_string_lossy().into_owned()
    }

    fn more(&self, round: usize, family: &str) -> String {
        self.path(&format!("more-{round}")).join(family).to_string_lossy().into_owned()
    }

    fn fresh_debs(&self) -> Result<()> {
        let [publish, indices] = self.publishes("debian");
        let contenders = [
            publish,
            indices,
            Contender::new("apt-ftparchive", self.packages, |round| {
                let own = self.own("ftparchive", round)?;
                measure(&mut shell(FTPARCHIVE, Path::new(&self.debs()), &[&own.to_string_lossy()]))
            }),
            Contender::new("reprepro", self.packages, |round| {
                let own = self.own("reprepro", round)?;
                prepare(&mut shell(DISTRIBUTIONS, &own, &[]))?;
                let include = "cd \"$1\"; reprepro -b \"$2\" -S web -P optional includedeb stable *.deb";
                measure(&mut shell(include, &own, &[&self.debs(), &own.to_string_lossy()]))
            }),
            Contender::new("aptly", self.packages, |round| {
                measure(&mut shell(APTLY, &self.own("aptly", round)?, &[&self.debs()]))
            }),
        ];
        let work = format!("apt repository of {} packages", self.packages);
        table::lines(&work, &contenders, &in_turn(self.rounds, &contenders)?);
        Ok(())
    }

    fn one_more_deb(&self) -> Result<()> {
        let contenders = [
            self.adds("debian"),
            Contender::new("apt-ftparchive --db", 1, |round| {
                let own = self.own("ftparchive", 0)?;
                let again = |_| shell(FTPARCHIVE_AGAIN, Path::new(&self.debs()), &[&own.to_string_lossy()]);
                prepare(&mut again(()))?;
                prepare(&mut shell("cp \"$1\"/* \"$2\"", &own, &[&self.more(round, "debian"), &self.debs()]))?;
                measure(&mut again(()))
            }),
            Contender::new("reprepro", 1, |round| {
                let include = "reprepro -b . -S web -P optional includedeb stable \"$1\"/*.deb";
                measure(&mut shell(include, &self.own("reprepro", 0)?, &[&self.more(round, "debian")]))
            }),
            Contender::new("aptly", 1, |round| {
                measure(&mut shell(APTLY_AGAIN, &self.own("aptly", 0)?, &[&self.more(round, "debian")]))
            }),
        ];
        let work = format!("one package into {} of apt", self.packages);
        table::lines(&work, &contenders, &in_turn(self.rounds, &contenders)?);
        Ok(())
    }

    fn fresh_rpms(&self) -> Result<()> {
        let [publish, indices] = self.publishes("suse");
        let contenders = [
            publish,
            indices,
            Contender::new("createrepo_c", self.packages, |round| {
                let create = "createrepo_c --quiet --no-database --outputdir \"$2\" \"$1\"";
                let to = self.own("createrepo", round)?;
                measure(&mut shell(create, &to, &[&self.rpms(), &to.to_string_lossy()]))
            }),
        ];
        let work = format!("rpm-md repository of {} packages", self.packages);
        table::lines(&work, &contenders, &in_turn(self.rounds, &contenders)?);
        Ok(())
    }

    fn one_more_rpm(&self) -> Result<()> {
        let rpms = self.path("createrepo-again");
        let copied = "cp -r \"$1\" \"$2\"; createrepo_c --quiet --no-database \"$2\"";
        prepare(&mut shell(copied, Path::new("/"), &[&self.rpms(), &rpms.to_string_lossy()]))?;
        let contenders = [
            self.adds("suse"),
            Contender::new("createrepo_c --update", 1, |round| {
                prepare(&mut shell("cp \"$1\"/* .", &rpms, &[&self.more(round, "suse")]))?;
                measure(&mut shell("createrepo_c --quiet --no-database --update .", &rpms, &[]))
            }),
        ];
        let work = format!("one package into {} of rpm-md", self.packages);
        table::lines(&work, &contenders, &in_turn(self.rounds, &contenders)?);
        Ok(())
    }
}

/// Writes the indices of a repository once more, from what is known of its packages, and prints how many seconds it took.
pub fn indices(to: &str, family: &str, key: &str) -> Result<()> {
    let store = Store::open(to, Purpose::Write)?;
    let signer = Signer::read(&std::fs::read(key)?, u32::try_from(now())?, &Passphrase { file: None })?;
    let family = Family::named(family).ok().context("there is no such family")?;
    let settings = Settings {
        name: Some(support::SITE.to_owned()),
        url: Some("https://packages.bench.example".to_owned()),
        suite: "stable".to_owned(),
        architectures: family.repository.architectures.clone(),
    };
    let kind = of_format(&family.format)?;
    let repository = Repository { store: &store, directory: family.name.clone(), kind, settings: settings.clone() };
    let entries = repository.state(signer.certificate())?.entries;
    let begun = Instant::now();
    let (origin, url) = (settings.name.as_deref(), settings.url.as_deref());
    let seal = Seal { settings: &settings, origin, url, date: now(), valid_until: None, signer: &signer };
    let sealed = kind.seal(&entries, &seal)?;
    store.create(sealed.files.into_iter().map(|file| (format!("indices/{}", file.path), file.bytes)).collect())?;
    store.overwrite("indices/pointer", sealed.pointer.bytes)?;
    println!("{}", begun.elapsed().as_secs_f64());
    Ok(())
}
