//! Labels of a reservation as people type them: `tier=gold, spare`.

/// Parses labels between commas: a key and its value around the first `=`, or a bare key.
pub fn parse_labels(text: &str) -> Vec<(String, Option<String>)> {
    let label = |part: &str| match part.split_once('=') {
        Some((key, value)) => (key.trim().to_owned(), Some(value.trim().to_owned())),
        None => (part.to_owned(), None),
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_people_type_them() {
        let labels = parse_labels(" tier=gold, spare,,note=a=b ");
        let expected = [("tier", Some("gold")), ("spare", None), ("note", Some("a=b"))];
        assert_eq!(labels, expected.map(|(key, value)| (key.to_owned(), value.map(str::to_owned))));
    }
}
