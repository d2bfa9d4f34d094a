//! The program `piecewise`. Everything is in the library.

fn main() -> std::process::ExitCode {
    piecewise::cli::run()
}
