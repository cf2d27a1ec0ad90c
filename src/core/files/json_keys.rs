//! The keys of a JSON object in a line of a log. This is no parser: a line may be megabytes long, cut, or JSON only at its beginning.

use memchr::memchr2;

/// The object's own keys in their order, each with the offset of its value. The keys of objects within it are passed over.
pub(super) fn own_keys(line: &str) -> impl Iterator<Item = (&str, usize)> {
    let bytes = line.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    std::iter::from_fn(move || {
        loop {
            at += bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']'))?;
            match bytes.get(at)? {
                b'{' | b'[' => depth += 1,
                b'"' => {
                    let from = at + 1;
                    at = string_end(bytes, from)?;
                    let colon = behind_blanks(bytes, at + 1);
                    if depth == 1 && bytes.get(colon) == Some(&b':') {
                        let key = line.get(from..at)?;
                        at = behind_blanks(bytes, colon + 1);
                        return Some((key, at));
                    }
                }
                _ => depth = depth.checked_sub(1).filter(|depth| *depth > 0)?,
            }
            at += 1;
        }
    })
}

/// Where the quote is that ends a string.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn behind_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(line: &str) -> Vec<(&str, &str)> {
        own_keys(line).map(|(key, at)| (key, &line[at..])).collect()
    }

    #[test]
    fn keys_of_a_line_that_is_cut_or_broken() {
        assert_eq!(keys(r#"{"a" : 1,"b":"#), [("a", r#"1,"b":"#), ("b", "")]);
        assert_eq!(keys(r#"{"a":{"b":1}} {"c":2}"#), [("a", r#"{"b":1}} {"c":2}"#)]);
        for line in ["", "{", "{\"a", "{\"a\\", "{\"a\"", "\"a\":1", "[\"a\",{\"b\":1}]", "}{\"a\":1}", "{a:1}", "{\"é"]
        {
            assert_eq!(keys(line), [], "{line}");
        }
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Into::into),
            "[a-z{}\\[\\]:,\"\\\\é ]{0,8}".prop_map(Into::into),
            Just(serde_json::Value::Null),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn keys_are_those_that_a_parser_finds(map in prop::collection::btree_map("[a-z]{1,4}", value(), 0..5), is_pretty in any::<bool>()) {
            let object = serde_json::Value::Object(map.clone().into_iter().collect());
            let line = if is_pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap();
            let found: Vec<(&str, serde_json::Value)> = own_keys(&line)
                .map(|(key, at)| (key, serde_json::Deserializer::from_str(&line[at..]).into_iter().next().unwrap().unwrap()))
                .collect();
            let mut expected: Vec<(&str, serde_json::Value)> = map.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
            let mut found_sorted = found;
            found_sorted.sort_by_key(|(key, _)| *key);
            expected.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(found_sorted, expected);
        }

        #[test]
        fn any_line_is_read_without_harm(line in "[{}\\[\\]\":,a\\\\é ]{0,30}") {
            prop_assert!(own_keys(&line).all(|(key, at)| at <= line.len() && line.is_char_boundary(at) && line.contains(key)));
        }
    }
}
