//! SPIN runs an exported model.

use std::fs;

use cl_check::export::{Language, export};
use cl_check::model::Model;

use crate::{Found, can, figures, folder, run};

/// Are SPIN and a C compiler here? Where they must be, that they are not is a failure.
pub fn is_here() -> bool {
    let has = can("spin", "-V") && can("gcc", "--version");
    let required = std::env::var_os("CL_CHECK_SPIN").is_some_and(|it| it == "required");
    assert!(has || !required, "CL_CHECK_SPIN=required, and `spin` and `gcc` are not on the path");
    if !has {
        eprintln!("SPIN is skipped: `spin` and `gcc` are not on the path");
    }
    has
}

/// Everything that SPIN finds: partial orders off, states stored in full, every assertion counted.
pub fn find(model: &Model, name: &str) -> Found {
    let text = export(model, Language::Promela, name).expect("it can be exported").text;
    let folder = folder("spin", name);
    fs::write(folder.join("model.pml"), &text).expect("the model can be written");
    let vector =
        text.split("-DVECTORSZ=").nth(1).and_then(|it| it.split(' ').next()).expect("as its head says");
    let made = run(&folder, "spin", &["-a", "model.pml"]);
    assert!(!made.contains("Error"), "{name}: {made}");
    let vector = format!("-DVECTORSZ={vector}");
    let compiled =
        run(&folder, "gcc", &["-w", "-O1", "-DSAFETY", "-DNOREDUCE", &vector, "-o", "pan", "pan.c"]);
    let pan = folder.join("pan");
    assert!(pan.exists(), "{name}: {compiled}");
    let said = run(&folder, &pan.to_string_lossy(), &["-m1000000", "-c0"]);
    let found = figures::of_spin(&said, |number| number.parse().ok());
    let (states, transitions) = found.unwrap_or_else(|| panic!("{name}: {said}"));
    let fails = said.lines().filter_map(|line| line.split("assertion violated ").nth(1));
    let fails = fails.map(|rest| rest.split([' ', '_']).next().unwrap_or_default().to_owned()).collect();
    (states, transitions, fails)
}
