//! No value of a spec becomes anything but a value: either it is refused by name, or each file is read by the program that it
//! is for exactly as with a harmless value, that one replaced by it.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod artefacts;
mod fields;
mod readers;
mod scripts;
mod units;
mod uwsgi;
mod values;

use fields::Field;
use liege::family::Family;
use liege::package::{Item, Package, Stamp};
use liege::site::Site;
use liege::source::Source;
use liege::template::Templates;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Specs into which values are put; of those the first that takes a harmless one. What one lacks or forbids another has.
const SPECS: [&str; 4] = [
    "mode = 'service'\n[app.api]\nmodule = 'api'\nlog = 'file'\nrotate = { count = 3 }\nlisten = ['unix', 'https://127.0.0.1:8443']\n\
     tls = { certificate = '/etc/a.pem', key = '/etc/a.key' }\n",
    "mode = 'service'\n[app.api]\nmodule = 'api'\n",
    "mode = 'service'\n[app.api]\n",
    "[app.api]\nmodule = 'api'\nlog = 'file'\n",
];

const HEAD: &str = "site = 'shop'\nversion = '1.0'\nmaintainer = 'Ops <ops@shop.example>'\n";

/// A field with a value that was taken: the packages with it, and those with a harmless one.
struct Case<'p> {
    place: String,
    value: String,
    harmless: &'static str,
    packages: Vec<Package>,
    expected: &'p [Package],
}

/// The packages of a spec for one family, or the messages of what is wrong with it.
fn packages(text: &str, family: &Family, templates: &Templates) -> Result<Vec<Package>, Vec<String>> {
    let (source, syntax) = Source::parse("hostile.toml", text);
    assert!(syntax.is_empty(), "the spec is TOML: {text}");
    let (spec, mut found) = liege::read::read(&source);
    let spec = spec.ok_or_else(|| found.iter().map(|mistake| mistake.message.clone()).collect::<Vec<_>>())?;
    let site = Site::new(&spec);
    found.extend(liege::rule::check(&site, &source));
    let mistakes: Vec<String> =
        found.iter().filter(|found| found.is_error()).map(|found| found.message.clone()).collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let stamp = Stamp::standard(&spec.header.version);
    let items = Item::of(&site).into_iter().filter(|item| item.family().name == family.name);
    Ok(items.map(|item| item.package(&site, templates, &stamp).unwrap()).collect())
}

/// A field in a spec that takes a harmless value there, and the packages of each family with it.
struct Place {
    field: Field,
    spec: String,
    harmless: Option<(&'static str, Vec<Vec<Package>>)>,
}

/// Every field, in a spec of either mode that takes something harmless there.
fn places(templates: &Templates) -> Vec<Place> {
    let mut places = Vec::new();
    for field in Field::all() {
        let before = places.len();
        for emperor in [false, true] {
            let specs = SPECS.into_iter().filter(|spec| spec.starts_with('[') == emperor);
            places.extend(specs.map(|spec| format!("{HEAD}{spec}")).find_map(|spec| place(&field, spec, templates)));
        }
        if places.len() == before {
            places.push(Place { field, spec: format!("{HEAD}{}", SPECS[0]), harmless: None });
        }
    }
    places
}

fn place(field: &Field, spec: String, templates: &Templates) -> Option<Place> {
    let with = |value: &str, family: &Family| packages(&field.put(&spec, value), family, templates);
    let first = Family::all().next().unwrap();
    let harmless = fields::HARMLESS.into_iter().find(|value| with(value, first).is_ok())?;
    let expected = Family::all().map(|family| with(harmless, family).unwrap()).collect();
    Some(Place { field: field.clone(), spec, harmless: Some((harmless, expected)) })
}

/// The case of a value that is taken; what is refused must be refused by name. Families take turns.
fn case<'p>(place: &'p Place, value: &str, turn: usize, templates: &Templates) -> Option<Case<'p>> {
    let number = turn % Family::all().count();
    let text = place.field.put(&place.spec, value);
    match packages(&text, Family::all().nth(number).unwrap(), templates) {
        Err(mistakes) => {
            let name = place.field.name();
            assert!(mistakes.iter().any(|mistake| mistake.contains(name)), "{name} = {value:?}: {mistakes:?}");
            None
        }
        Ok(packages) => {
            let Some((harmless, expected)) = &place.harmless else {
                panic!("{:?} takes {value:?}, and nothing harmless: tests/hostile/fields.rs lacks a value", place.field)
            };
            let (place, value) = (format!("{:?}", place.field), value.to_owned());
            Some(Case { place, value, harmless, packages, expected: &expected[number] })
        }
    }
}

/// Every reader reads the packages of all cases, and finds the values where it found the harmless ones.
fn hold(cases: &[Case<'_>]) {
    for reader in readers::ALL {
        let all: Vec<&[Package]> = cases.iter().flat_map(|case| [case.packages.as_slice(), case.expected]).collect();
        let read = readers::read(reader, &all);
        for (case, facts) in cases.iter().zip(read.chunks(2)) {
            let replaced = |fact: &String| squeezed(&fact.replace(case.harmless, &case.value));
            let mut expected: Vec<String> = facts[1].iter().map(replaced).collect();
            let mut found: Vec<String> = facts[0].iter().map(|fact| squeezed(fact)).collect();
            for facts in [&mut expected, &mut found] {
                facts.sort();
                facts.dedup();
            }
            let strange: Vec<&String> = found.iter().filter(|fact| !expected.contains(fact)).collect();
            let missing: Vec<&String> = expected.iter().filter(|fact| !found.contains(fact)).collect();
            assert!(
                found == expected,
                "{} reads {} = {:?} as something else:\n{strange:#?}\ninstead of\n{missing:#?}",
                reader.name,
                case.place,
                case.value,
            );
        }
    }
}

/// Descriptions are broken into lines anew.
fn squeezed(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != ".").collect::<Vec<_>>().join(" ")
}

#[test]
fn hostile_values_are_refused_by_name_or_read_back_as_they_are() {
    let templates = Templates::load(None).unwrap();
    let places = places(&templates);
    assert!(places.iter().filter(|place| place.harmless.is_some()).count() > 50);
    let mut cases = Vec::new();
    for place in &places {
        for (turn, value) in values::HOSTILE.iter().flat_map(|piece| values::around(piece)).enumerate() {
            cases.extend(case(place, &value, turn, &templates));
        }
    }
    // Free texts take what would be dangerous elsewhere.
    assert!(cases.len() > 300, "{}", cases.len());
    hold(&cases);
}

#[test]
fn any_text_is_refused_by_name_or_read_back_as_it_is() {
    let templates = Templates::load(None).unwrap();
    let places = places(&templates);
    let mut runner = TestRunner::default();
    let pairs = (0..places.len(), values::texts());
    let mut cases = Vec::new();
    for turn in 0..ProptestConfig::default().cases {
        let (place, value) = pairs.new_tree(&mut runner).unwrap().current();
        cases.extend(case(&places[place], &value, turn as usize, &templates));
    }
    hold(&cases);
}
