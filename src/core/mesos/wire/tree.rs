//! One object read into a tree, from which fields are picked by the way to them, as `framework_info.id.value`. One object at a
//! time is read so, and seldom: it takes a fraction of the code that a typed reader of each message would.
//!
//! A field in another form than expected is recorded and left out, as in `field`. Knows the forms of JSON, and no message.

use std::cell::RefCell;

use serde_json::Value;

use super::field::Misfits;
use super::json_form::JsonForm;

/// An object, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct JsonTree<'a> {
    value: &'a Value,
    misfits: &'a RefCell<Misfits>,
}

/// Reads one object's own JSON. Gives the fields that have another form than expected beside it.
pub(super) fn read<T>(json: &str, read: impl FnOnce(JsonTree<'_>) -> T) -> (T, Misfits) {
    of(&serde_json::from_str(json).unwrap_or_default(), read)
}

/// Reads a field that is an object. `None` for null.
pub(super) fn field<T>(value: &Value, misfits: &mut Misfits, read: impl FnOnce(JsonTree<'_>) -> T) -> Option<T> {
    let (object, more) = of(value, read);
    misfits.extend(more);
    (!value.is_null()).then_some(object)
}

pub(super) fn of<T>(value: &Value, read: impl FnOnce(JsonTree<'_>) -> T) -> (T, Misfits) {
    let misfits = RefCell::default();
    let object = read(JsonTree { value, misfits: &misfits });
    (object, misfits.into_inner())
}

impl<'a> JsonTree<'a> {
    /// A text; empty if it is absent.
    pub(super) fn text(self, way: &str) -> String {
        self.leaf(way, JsonForm::Text, |value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// An enum's name; empty if it is absent, or one that the v1 API lacks, which comes as `{}`.
    pub(super) fn name(self, way: &str) -> String {
        let is_unnamed = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
        let of = |value: &Value| value.as_str().map(str::to_owned).or_else(|| is_unnamed(value).then(String::new));
        self.leaf(way, JsonForm::Name, of).unwrap_or_default()
    }

    /// A number, or a text of one: a limit may be `"Infinity"`.
    pub(super) fn number(self, way: &str) -> Option<f64> {
        self.leaf(way, JsonForm::Number, number)
    }

    /// A whole number; 0 if it is absent.
    pub(super) fn integer(self, way: &str) -> i64 {
        let whole = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        self.leaf(way, JsonForm::Number, |value| whole(value).or_else(|| number(value).map(|_| 0))).unwrap_or_default()
    }

    pub(super) fn flag(self, way: &str) -> Option<bool> {
        self.leaf(way, JsonForm::Boolean, Value::as_bool)
    }

    /// Whether an object is there.
    pub(super) fn has(self, way: &str) -> bool {
        self.part(way, |_| ()).is_some()
    }

    /// An object as JSON.
    pub(super) fn json(self, way: &str) -> Option<String> {
        self.part(way, |object| object.value.to_string())
    }

    /// What is read of an object, if it is there.
    pub(super) fn part<T>(self, way: &str, read: impl FnOnce(Self) -> T) -> Option<T> {
        let value = self.leaf(way, JsonForm::Object, |value| value.is_object().then_some(value))?;
        Some(self.below(value, || way.to_owned(), read))
    }

    /// What is read of each object in a list.
    pub(super) fn list<T>(self, way: &str, read: impl Fn(Self) -> T) -> Vec<T> {
        let items = self.leaf(way, JsonForm::List, Value::as_array).into_iter().flatten().enumerate();
        let items = items.filter(|(_, item)| !item.is_null());
        items.map(|(at, item)| self.below(item, || format!("{way}[{at}]"), &read)).collect()
    }

    /// What is read of each object in a list that has what tells it from others.
    pub(super) fn identified<T>(self, way: &str, read: impl Fn(Self) -> T, has: impl Fn(&T) -> bool) -> Vec<T> {
        let one = |item: Self| {
            let object = read(item);
            let is_one = has(&object);
            if !is_one && item.value.is_object() {
                item.record("", JsonForm::WithId, JsonForm::WithoutId);
            }
            is_one.then_some(object)
        };
        self.list(way, one).into_iter().flatten().collect()
    }

    /// The texts in a list.
    pub(super) fn texts(self, way: &str) -> Vec<String> {
        self.list(way, |item| item.text(""))
    }

    /// The fields of an object that are texts, with their names.
    pub(super) fn named_texts(self, way: &str) -> Vec<(String, String)> {
        let fields = self.leaf(way, JsonForm::Object, Value::as_object).into_iter().flatten();
        fields.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }

    /// What is read of each field of an object, with the field's name.
    pub(super) fn fields<T>(self, way: &str, read: impl Fn(&str, Self) -> T) -> Vec<T> {
        let fields = self.leaf(way, JsonForm::Object, Value::as_object).into_iter().flatten();
        fields.map(|(name, value)| self.below(value, || format!("{way}.{name}"), |field| read(name, field))).collect()
    }

    /// What is read of each field of an object that is an object itself.
    pub(super) fn objects<T>(self, way: &str, read: impl Fn(Self) -> T) -> Vec<T> {
        let fields = self.leaf(way, JsonForm::Object, Value::as_object).into_iter().flatten();
        let objects = fields.filter(|(_, value)| value.is_object());
        objects.map(|(name, value)| self.below(value, || format!("{way}.{name}"), &read)).collect()
    }

    fn below<T>(self, value: &'a Value, way: impl FnOnce() -> String, read: impl FnOnce(Self) -> T) -> T {
        let before = self.misfits.borrow().recorded();
        let part = read(Self { value, ..self });
        if self.misfits.borrow().recorded() > before {
            self.misfits.borrow_mut().within(before, &way());
        }
        part
    }

    /// The value at the end of the path, if it is there and has that form. Null does not say that a list is empty.
    fn leaf<T>(self, way: &str, expected: JsonForm, of: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.at(way)?;
        if value.is_null() && !expected.holds_others() {
            return None;
        }
        let leaf = of(value);
        if leaf.is_none() {
            self.misfit(way, expected, value);
        }
        leaf
    }

    fn at(self, way: &str) -> Option<&'a Value> {
        let (mut value, mut passed) = (self.value, 0);
        for name in way.split('.').filter(|name| !name.is_empty()) {
            if let Value::Object(fields) = value {
                value = fields.get(name)?;
            } else {
                if !value.is_null() {
                    self.misfit(way.get(..passed).unwrap_or_default().trim_end_matches('.'), JsonForm::Object, value);
                }
                return None;
            }
            passed += name.len() + 1;
        }
        Some(value)
    }

    fn misfit(self, way: &str, expected: JsonForm, found: &Value) {
        let found = match found {
            Value::Null => JsonForm::Null,
            Value::Bool(_) => JsonForm::Boolean,
            Value::Number(_) => JsonForm::Number,
            Value::String(_) => JsonForm::Text,
            Value::Array(_) => JsonForm::List,
            Value::Object(_) => JsonForm::Object,
        };
        self.record(way, expected, found);
    }

    fn record(self, way: &str, expected: JsonForm, found: JsonForm) {
        let mut misfits = self.misfits.borrow_mut();
        let before = misfits.recorded();
        misfits.record(expected, found);
        misfits.within(before, way);
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| match value.as_str()? {
        // So does protobuf's JSON write a limit without an end.
        "Infinity" => Some(f64::INFINITY),
        // Rust reads "NaN" and "inf", too, which no figure is.
        text => text.parse().ok().filter(|number: &f64| number.is_finite()),
    })
}
