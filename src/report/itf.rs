//! A run in the Informal Trace Format of Apalache (ADR 15): a JSON object with the names of the variables and a value
//! for each of them in every state. Integers that not every reader of JSON holds exactly are `#bigint`.

use serde_json::{Map, Value, json};

use super::run::title;
use crate::engine::verdict::{Run, Verdict};

/// The greatest integer that every reader of JSON holds exactly: 2^53 - 1.
const INTEGER_MAX: u64 = 9_007_199_254_740_991;

/// The trace. The variable `event` is what led to the state.
pub fn trace(verdict: &Verdict, run: &Run) -> Value {
    let variables = ["processes", "channels", "script", "ill_formed", "event"];
    let state = |(index, state): (usize, &Value)| {
        let mut object = Map::new();
        object.insert("#meta".to_owned(), json!({ "index": index }));
        for name in variables {
            object.insert(name.to_owned(), converted(state.get(name).unwrap_or(&Value::Null)));
        }
        let event = index.checked_sub(1).map_or("", |event| run.events[event].as_str());
        object.insert("event".to_owned(), json!(event));
        Value::Object(object)
    };
    json!({
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "source": verdict.path,
            "description": title(run),
            "reason": run.reason,
        },
        "vars": variables,
        "states": run.states.iter().enumerate().map(state).collect::<Vec<_>>(),
    })
}

/// What the format has no notion of, null, is -1 for a number that there is not: the script of a model without one, the
/// record of a process that has none.
fn converted(value: &Value) -> Value {
    match value {
        Value::Null => json!(-1),
        Value::Number(number) if number.as_u64().is_some_and(|number| number > INTEGER_MAX) => {
            json!({ "#bigint": number.to_string() })
        }
        Value::Array(values) => Value::Array(values.iter().map(converted).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), converted(field))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stay_exact() {
        let cases = [
            (json!(INTEGER_MAX), json!(INTEGER_MAX)),
            (json!(INTEGER_MAX + 1), json!({ "#bigint": "9007199254740992" })),
            (json!([null, { "a": u64::MAX }]), json!([-1, { "a": { "#bigint": "18446744073709551615" } }])),
            (json!("text"), json!("text")),
        ];
        for (value, expected) in cases {
            assert_eq!(converted(&value), expected);
        }
    }
}
