//! rpm-md, the repositories of dnf and zypper: repodata with primary, filelists and other, and signed packages.

mod describe;
mod fragments;
mod repomd;

use std::cmp::Ordering;

use anyhow::{Context as _, Result, bail};
use rayon::prelude::*;

use super::{Entry, File, Kind, Listed, Opened, Read, Root, Seal, Sealed, Settings, gunzip, sha256};
use crate::format::parse_rpm;
use crate::sign::{Certificate, Signer, armor_signature};
use repomd::Index;

/// The one file that says which state is the present one: dnf and zypper read it as a list of one mirror. A client that
/// fetches repomd.xml and its signature one after the other gets both of the same state, also while another is published.
const POINTER: &str = "mirrorlist";
/// Where states lie, each in a directory of its own.
const STATES: &str = "states";
/// The way from a state's directory to the repository's.
const UP: &str = "../../";
/// The root of a state, the signature over it, and the public key where zypper looks for it.
const ROOT: &str = "repodata/repomd.xml";
const SIGNATURE: &str = "repodata/repomd.xml.asc";
const KEY: &str = "repodata/repomd.xml.key";
/// Where packages lie.
const PACKAGES: &str = "packages";

/// Name of each index, its outer element with what belongs to it, in the order of [`Entry::texts`].
const INDICES: [(&str, &str); 3] = [
    (
        "primary",
        r#"metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm""#,
    ),
    ("filelists", r#"filelists xmlns="http://linux.duke.edu/metadata/filelists""#),
    ("other", r#"otherdata xmlns="http://linux.duke.edu/metadata/other""#),
];

/// rpm-md.
pub struct RpmMd;

impl Kind for RpmMd {
    fn format(&self) -> &'static str {
        "rpm"
    }

    fn pointer(&self, _: &Settings) -> String {
        POINTER.to_owned()
    }

    fn admit(&self, file_name: &str, package: Vec<u8>, signer: &Signer) -> Result<(Entry, Vec<u8>)> {
        let mut package = parse_rpm(&package)?;
        let header = package.header_bytes().context("its header cannot be read")?;
        // The date of the build, not of the signing: the same package signed again is the same bytes.
        let built = u32::try_from(package.metadata.get_build_time().unwrap_or_default())?;
        package.apply_signature(signer.packet(&header, built)?).context("it cannot be signed")?;
        let mut bytes = Vec::new();
        package.write(&mut bytes).context("it cannot be written")?;
        let entry = describe::entry(&package.metadata, &format!("{PACKAGES}/{file_name}"), &bytes)?;
        Ok((entry, bytes))
    }

    fn seal(&self, entries: &[Entry], seal: &Seal<'_>) -> Result<Sealed> {
        let url = seal.url.context("where will clients find the repository? Name its URL: --url URL")?;
        let files = self.repodata(entries, UP, seal.date, seal.signer)?;
        let root = files.last().context("a repository without a root")?;
        let place = format!("{STATES}/{}-{}", seal.date, &sha256(&root.bytes)[..16]);
        let pointer = format!("{}/{place}/\n", url.trim_end_matches('/'));
        let in_place = |file: File| File { path: format!("{place}/{}", file.path), bytes: file.bytes };
        Ok(Sealed {
            files: files.into_iter().map(in_place).collect(),
            pointer: File { path: POINTER.to_owned(), bytes: pointer.into_bytes() },
        })
    }

    fn companions(&self, state: &Opened<'_>, _: &Settings, signer: &Signer) -> Result<Vec<File>> {
        self.repodata(state.entries, "", state.root.date, signer)
    }

    fn open(&self, pointer: &[u8], read: &Read<'_>, _: &Settings, certificate: &Certificate) -> Result<Root> {
        let (place, url) = place_of(pointer)?;
        let file = |name: &str| -> Result<Vec<u8>> {
            let path = format!("{place}/{name}");
            read(&path)?.with_context(|| format!("{path} is missing"))
        };
        let text = file(ROOT)?;
        certificate.verify(&text, &file(SIGNATURE)?).context("repomd.xml cannot be believed")?;
        let text = std::str::from_utf8(&text).context("repomd.xml is not UTF-8")?;
        repomd::parse(text, &place, Some(url)).context("repomd.xml cannot be understood")
    }

    fn named(&self, root: &Root, read: &Read<'_>) -> Result<Vec<String>> {
        let mut named: Vec<String> = root.files.iter().map(|file| file.path.clone()).collect();
        named.extend([ROOT, SIGNATURE, KEY].map(|name| format!("{}/{name}", root.place)));
        named.extend([ROOT, SIGNATURE, KEY].map(str::to_owned));
        if let Some(text) = read(ROOT)? {
            let other = repomd::parse(&String::from_utf8_lossy(&text), "", None)?;
            named.extend(other.files.into_iter().map(|file| file.path));
        }
        Ok(named)
    }

    fn sources<'r>(&self, root: &'r Root) -> Vec<&'r Listed> {
        let find =
            |(name, _): &(&str, &str)| root.files.iter().find(|file| file.path.ends_with(&format!("-{name}.xml.gz")));
        INDICES.iter().filter_map(find).collect()
    }

    fn entries(&self, files: &[Vec<u8>]) -> Result<Vec<Entry>> {
        let text = |file: &Vec<u8>| String::from_utf8(gunzip(file)?).context("an index is not UTF-8");
        let texts: Vec<String> = files.par_iter().map(text).collect::<Result<_>>()?;
        let [primary, filelists, other] = &texts[..] else { bail!("repomd.xml does not name all three indices") };
        fragments::entries([primary, filelists, other])
    }

    fn contents(&self, package: &[u8]) -> Result<String> {
        let package = parse_rpm(package)?;
        Ok(sha256(&package.header_bytes().context("its header cannot be read")?))
    }

    fn check_package(&self, package: &[u8], certificate: &Certificate) -> Result<()> {
        let package = parse_rpm(package)?;
        package.verify_digests().context("its digests do not hold")?;
        let header = package.header_bytes().context("its header cannot be read")?;
        let signatures = package.raw_signatures().context("its signatures cannot be read")?;
        if !signatures.iter().any(|signature| certificate.made_packet(signature, &header)) {
            bail!("it is not signed by the key {}", certificate.fingerprint());
        }
        Ok(())
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        rpm_version::Evr::parse(a).cmp(&rpm_version::Evr::parse(b))
    }

    fn signed_apart(&self, _: &Settings) -> Vec<(String, String)> {
        vec![(ROOT.to_owned(), SIGNATURE.to_owned())]
    }

    fn stores(&self, _: &Settings) -> [Vec<String>; 2] {
        [vec!["repodata".to_owned(), STATES.to_owned()], vec![PACKAGES.to_owned()]]
    }
}

impl RpmMd {
    /// All files of `repodata`, the root last; `way` leads from there to the packages.
    fn repodata(&self, entries: &[Entry], way: &str, date: i64, signer: &Signer) -> Result<Vec<File>> {
        let index = |(number, (name, element)): (usize, (&str, &str))| {
            Index::of(name, fragments::join(element, entries, number, way).as_bytes())
        };
        let indices: Vec<Index> = INDICES.into_par_iter().enumerate().map(index).collect::<Result<_>>()?;
        let root = repomd::text(&indices, date)?.into_bytes();
        let mut files: Vec<File> = indices.into_iter().map(|index| index.file).collect();
        let signature = armor_signature(signer.sign(&root, u32::try_from(date)?)?)?;
        files.push(File { path: KEY.to_owned(), bytes: signer.certificate().armored()? });
        files.push(File { path: SIGNATURE.to_owned(), bytes: signature });
        files.push(File { path: ROOT.to_owned(), bytes: root });
        Ok(files)
    }
}

/// The state that a pointer points to, and the repository's URL.
fn place_of(pointer: &[u8]) -> Result<(String, String)> {
    let text = std::str::from_utf8(pointer).context("the mirrorlist is not UTF-8")?;
    let mark = format!("/{STATES}/");
    let line = text.lines().next().unwrap_or_default().trim_end_matches('/');
    let Some((url, state)) = line.rsplit_once(&mark) else { bail!("the mirrorlist points to no state: '{line}'") };
    if state.is_empty() || !state.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        bail!("the mirrorlist points to no state: '{line}'");
    }
    Ok((format!("{STATES}/{state}"), url.to_owned()))
}
