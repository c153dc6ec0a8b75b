//! The scanner of the house rules sees what is code and nothing else.

use super::scan::{from_root, functions, split, tokens};

fn texts(source: &str) -> Vec<&str> {
    tokens(source).iter().map(|token| token.text).collect()
}

#[test]
fn comments_are_passed_over() {
    assert_eq!(texts("a // b\n/* c /* d */ e */ f /// g"), ["a", "f"]);
    assert_eq!(texts("a /* never closed"), ["a"]);
}

#[test]
fn strings_and_characters_are_passed_over() {
    assert_eq!(texts(r#"a "b" c "\"d" e b"f" g c"h" i"#), ["a", "c", "e", "g", "i"]);
    assert_eq!(texts(r###"a r"\" b r#"" c "# d br##"e"# g"## f"###), ["a", "b", "d", "f"]);
    assert_eq!(texts(r"a '{' b '\'' c '\u{7d}' d '—' e b'}' f"), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(texts(r#"a '"' b "'" c"#), ["a", "b", "c"]);
}

#[test]
fn lifetimes_are_no_characters() {
    assert_eq!(texts("<'a, 'static> 'b: {"), ["<", ",", ">", ":", "{"]);
    assert_eq!(texts("&'a str, 'x', 'b"), ["&", "str", ",", ","]);
}

#[test]
fn words_stay_whole() {
    assert_eq!(texts("bar_1 crab r bc 0..1_u8"), ["bar_1", "crab", "r", "bc", "0", ".", ".", "1_u8"]);
}

#[test]
fn lines_are_counted_through_what_is_hidden() {
    let found: Vec<(&str, usize)> =
        tokens("a\n/*\n*/ b \"\n\n\" c // d\ne").iter().map(|token| (token.text, token.line)).collect();
    assert_eq!(found, [("a", 1), ("b", 3), ("c", 5), ("e", 6)]);
}

#[test]
fn tests_are_split_off() {
    let source = "a #[cfg(test)] #[path = \"x\"] mod one; b\n#[cfg(test)]\nmod two {\n{ }\n}\nc #[cfg(test)] fn f([u8; 1]) {} d";
    let tokens = tokens(source);
    let split = split(&tokens);
    let code: Vec<&str> = split.code.iter().map(|token| token.text).collect();
    assert_eq!(code, ["a", "b", "c", "d"]);
    assert_eq!(split.test_modules, ["one"]);
    assert_eq!(split.test_lines, 6);
}

#[test]
fn functions_are_found_with_their_lengths() {
    let source = "trait T { fn none(&self) -> [u8; 2]; }\nfn outer<F: Fn()>() where F: Copy {\n fn inner() {}\n '}'\n}\n";
    let tokens = tokens(source);
    let found: Vec<_> = functions(&tokens).iter().map(|it| (it.name, it.line, it.lines)).collect();
    assert_eq!(found, [("outer", 2, 4), ("inner", 3, 1)]);
}

#[test]
fn names_below_the_root_are_found() {
    let names = |source: &'static str, depth: usize| -> Vec<&str> {
        from_root(&tokens(source), depth).iter().map(|token| token.text).collect()
    };
    assert_eq!(names("use crate::a::b; pub(crate) fn f() { crate::c() }", 2), ["a", "c"]);
    assert_eq!(names("use crate::{a, b::{c, d}, e as f};", 2), ["a", "b", "e"]);
    assert_eq!(names("use super::a; use super::super::b; use super::super::{c, d};", 2), ["b", "c", "d"]);
    assert_eq!(names("use super::a; x::super::y", 1), ["a"]);
    assert_eq!(names("use other::a;", 1), [""; 0]);
}
