//! apt's repositories: dists, by-hash and pool (Debian wiki, DebianRepository/Format).

mod packages;
mod release;

use std::cmp::Ordering;

use anyhow::{Context as _, Result};
use debversion::Version;

use super::{Entry, File, Kind, Listed, Opened, Read, Root, Seal, Sealed, Settings, gzip, sha256};
use crate::sign::{Certificate, Signer, armor_signature};

/// The one component.
const COMPONENT: &str = "main";
/// The architecture of every package, and so of the one index that is not empty.
const ARCHITECTURE: &str = "all";

/// apt.
pub struct Apt;

impl Kind for Apt {
    fn format(&self) -> &'static str {
        "deb"
    }

    fn pointer(&self, settings: &Settings) -> String {
        format!("dists/{}/InRelease", settings.suite)
    }

    fn admit(&self, file_name: &str, package: Vec<u8>, _: &Signer) -> Result<(Entry, Vec<u8>)> {
        Ok((packages::entry(file_name, &package)?, package))
    }

    fn seal(&self, entries: &[Entry], seal: &Seal<'_>) -> Result<Sealed> {
        let files = indices(entries, seal.settings)?;
        let text = release::text(seal, &files)?;
        let bytes = seal.signer.clearsign(&text, u32::try_from(seal.date)?)?.into_bytes();
        Ok(Sealed { files, pointer: File { path: self.pointer(seal.settings), bytes } })
    }

    fn companions(&self, state: &Opened<'_>, settings: &Settings, signer: &Signer) -> Result<Vec<File>> {
        let dists = format!("dists/{}", settings.suite);
        let text = signer.certificate().open(std::str::from_utf8(state.pointer)?)?.into_bytes();
        let signature = armor_signature(signer.sign(&text, u32::try_from(state.root.date)?)?)?;
        Ok(vec![
            File { path: format!("{dists}/Release"), bytes: text },
            File { path: format!("{dists}/Release.gpg"), bytes: signature },
        ])
    }

    fn open(&self, pointer: &[u8], _: &Read<'_>, settings: &Settings, certificate: &Certificate) -> Result<Root> {
        let text = std::str::from_utf8(pointer).context("InRelease is not UTF-8")?;
        let text = certificate.open(text).context("InRelease cannot be believed")?;
        release::parse(&text, settings).context("InRelease cannot be understood")
    }

    fn named(&self, root: &Root, _: &Read<'_>) -> Result<Vec<String>> {
        Ok(root.files.iter().flat_map(|file| [file.path.clone(), file.lasting_path.clone()]).collect())
    }

    fn sources<'r>(&self, root: &'r Root) -> Vec<&'r Listed> {
        let plain = format!("{COMPONENT}/binary-{ARCHITECTURE}/Packages");
        root.files.iter().filter(|file| file.path.ends_with(&plain)).collect()
    }

    fn entries(&self, files: &[Vec<u8>]) -> Result<Vec<Entry>> {
        let text = files.first().context("the root names no Packages")?;
        packages::parse(std::str::from_utf8(text).context("Packages is not UTF-8")?)
    }

    fn contents(&self, package: &[u8]) -> Result<String> {
        Ok(sha256(package))
    }

    fn check_package(&self, _: &[u8], _: &Certificate) -> Result<()> {
        Ok(())
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        match (a.parse::<Version>(), b.parse::<Version>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(b),
        }
    }

    fn signed_apart(&self, settings: &Settings) -> Vec<(String, String)> {
        let release = format!("dists/{}/Release", settings.suite);
        vec![(release.clone(), format!("{release}.gpg"))]
    }

    fn stores(&self, settings: &Settings) -> [Vec<String>; 2] {
        let architectures = settings.architectures.iter().map(String::as_str).chain([ARCHITECTURE]);
        let by_hash = architectures.map(|architecture| by_hash(&index_directory(settings, architecture)));
        [by_hash.collect(), vec![format!("pool/{COMPONENT}")]]
    }
}

fn indices(entries: &[Entry], settings: &Settings) -> Result<Vec<File>> {
    let text = packages::index(entries);
    let mut files = variants(&index_directory(settings, ARCHITECTURE), text.as_bytes())?;
    for architecture in &settings.architectures {
        files.extend(variants(&index_directory(settings, architecture), b"")?);
    }
    Ok(files)
}

fn index_directory(settings: &Settings, architecture: &str) -> String {
    format!("dists/{}/{COMPONENT}/binary-{architecture}", settings.suite)
}

fn by_hash(directory: &str) -> String {
    format!("{directory}/by-hash/SHA256")
}

/// `Packages` plain, gzip and xz, each at the path of its digest. Which is which is known by the order.
fn variants(directory: &str, text: &[u8]) -> Result<Vec<File>> {
    let (gz, xz) = rayon::join(|| gzip(text), || xz(text));
    let variants = [text.to_vec(), gz?, xz?];
    let file = |bytes: Vec<u8>| File { path: format!("{}/{}", by_hash(directory), sha256(&bytes)), bytes };
    Ok(variants.into_iter().map(file).collect())
}

/// The name under which clients that know no digests ask for an index file.
fn name_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x1f, 0x8b, ..] => "Packages.gz",
        [0xfd, b'7', b'z', ..] => "Packages.xz",
        _ => "Packages",
    }
}

fn canonical_of(file: &File) -> Option<String> {
    let (directory, _) = file.path.split_once("/by-hash/")?;
    Some(format!("{directory}/{}", name_of(&file.bytes)))
}

/// Level 6 takes eight times as long for a fifth less.
fn xz(bytes: &[u8]) -> Result<Vec<u8>> {
    use std::io::Write as _;
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
