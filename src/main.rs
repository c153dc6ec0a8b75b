//! The binary: everything is in the library.

fn main() -> std::process::ExitCode {
    cl_check::cli::run()
}
