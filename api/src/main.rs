//! The `consortia` program: everything it does is in the library.

/// Several times faster than the system's allocator under many small JSON values.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    consortia_api::cli::main()
}
