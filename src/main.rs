//! Arguments in, exit status out; everything else is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// glibc's holds on to many times what a large site needs (ARCHITECTURE.md, Choices of speed).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    liege::cli::main()
}
