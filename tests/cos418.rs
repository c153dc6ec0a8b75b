//! The course assignment: figures of full enumeration, the simulator, and the judge against enumeration.

#[path = "cos418/enumeration.rs"]
mod enumeration;
#[path = "cos418/exercises.rs"]
mod exercises;
#[path = "cos418/files.rs"]
mod files;
#[path = "cos418/judging.rs"]
mod judging;
#[path = "cos418/large.rs"]
mod large;
#[path = "cos418/reasons.rs"]
mod reasons;
#[path = "cos418/student.rs"]
mod student;
