//! TLC runs an exported model.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cl_check::export::{Language, export};
use cl_check::model::Model;

use crate::{Found, can, figures, folder, run};

/// TLC's archive, where one is named.
fn archive() -> Option<PathBuf> {
    std::env::var_os("CL_CHECK_TLC").map(PathBuf::from)
}

/// Is TLC here? Where its archive is named it must be there, and Java too.
pub fn is_here() -> bool {
    let Some(path) = archive() else {
        eprintln!("TLC is skipped: CL_CHECK_TLC does not say where tla2tools.jar is");
        return false;
    };
    assert!(path.is_file(), "CL_CHECK_TLC: there is no {}", path.display());
    assert!(can("java", "-version"), "CL_CHECK_TLC is given, and `java` is not on the path");
    true
}

/// Everything that TLC finds: no end at the first failure.
pub fn find(model: &Model, name: &str) -> Found {
    let exported = export(model, Language::Tla, name).expect("it can be exported");
    let configuration = exported.configuration.expect("what to check");
    let folder = folder("tlc", name);
    fs::write(folder.join(format!("{name}.tla")), exported.text).expect("the module can be written");
    let (states, transitions, mut fails) = search(&folder, name, &configuration);
    // Of the properties that one step fails, TLC names the first.
    if fails.contains("ConsistentCut") {
        let rest = configuration.replace("PROPERTY ConsistentCut\n", "");
        fails.extend(search(&folder, name, &rest).2);
    }
    (states, transitions, fails)
}

/// What TLC prints of a module with this configuration.
fn search(folder: &Path, name: &str, configuration: &str) -> Found {
    fs::write(folder.join(format!("{name}.cfg")), configuration).expect("the configuration can be written");
    let archive = archive().expect("TLC is here");
    let archive = archive.to_str().expect("a path in Unicode");
    // TLC unpacks its own modules there: elsewhere runs at the same time would read each other's, half written.
    let own = format!("-Djava.io.tmpdir={}", folder.display());
    // Most of these runs are over before Java's compiler for long ones would be.
    let java = [&own, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", archive, "tlc2.TLC"];
    let (module, configuration) = (format!("{name}.tla"), format!("{name}.cfg"));
    let tlc = ["-continue", "-deadlock", "-config", &configuration, &module];
    let said = run(folder, "java", &[&java[..], &tlc].concat());
    let (states, transitions) = figures::of_tlc(&said).unwrap_or_else(|| panic!("{name}: {said}"));
    let fails: BTreeSet<String> = said.lines().filter_map(failure).map(str::to_owned).collect();
    (states, transitions, fails)
}

/// `Error: Invariant Terminates is violated.`, `Error: Action property ConsistentCut is violated.`
fn failure(line: &str) -> Option<&str> {
    let (what, _) = line.strip_prefix("Error: ")?.split_once(" is violated")?;
    what.split(' ').next_back()
}
