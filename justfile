# The commands of the project; `just --list` shows them.

# Builds the packages of the example shop into out/.
build spec="specs/shop.toml":
    cargo run --release -- build {{spec}}

# Installs what the tests need and runs them all (as root).
test:
    tests/run

# Follows the packages' life on a booted host: debian-12, debian-13, redhat, suse, or all (as root).
os host="all":
    tests/os/setup
    tests/os/run {{host}}

# Kills scripts, fills disks and locks databases on booted hosts (as root; some minutes a host).
faults host="debian-12":
    tests/os/setup
    tests/os/faults {{host}}

# Publishes to an S3 server eight times at once, kills publishers, changes the key, and uploads to aptly and reprepro (as root).
publish:
    tests/setup
    tests/publish/many
    tests/publish/killed
    tests/publish/rotated
    tests/publish/elsewhere

# Measures liege beside others on the same packages, and prints one table (some minutes; benches/README.md reads it).
bench *sections:
    benches/setup
    cargo bench --bench whole -- {{sections}}

# Measures liege's parts.
bench-parts:
    cargo bench --bench parts

# Builds in two surroundings that reprotest makes as different as it can (Debian's packages reprotest and disorderfs, as root).
reprotest spec="specs/gnuhealth.toml":
    cargo build
    cd $(mktemp -d) && cp {{justfile_directory()}}/target/debug/liege {{justfile_directory()}}/{{spec}} . && \
        reprotest --no-diffoscope --variations=+all './liege build --unlocked *.toml --out built' 'built/*.json* built/*/*'

# A million runs of a fuzzing target: spec, import, lock, apt, rpm_md, artefact (fuzz/README.md).
fuzz target runs="1000000":
    fuzz/run {{target}} {{runs}}

# Builds the released program, static and the same bytes everywhere, and the bill of its crates.
release directory="target/released":
    .ci/release {{directory}}

# What CI runs.
ci:
    .ci/run

# Keeps the present plans and messages as the expected ones; read the diff before it is committed.
bless:
    LIEGE_BLESS=1 cargo test --test golden --test mistakes --test report --test schema --test documents

# Asks for known vulnerabilities in the dependencies; needs the network.
advisories:
    cargo deny check advisories
