//! Reads messages field by field. A field in an unexpected form is recorded and left out; its object loses nothing else.
//!
//! Every message lists its fields in a `fields!`, which reads each of them through `put`: no field can fail its object.
//! Knows the forms of JSON, and no message.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::json_form::JsonForm;
use super::unknown_numbers::UnknownNumbers;

/// As many are recorded of one object; more are only counted.
const RECORDED: usize = 32;

/// A field that has another form than expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    /// The way to it, as `resources[2].scalar.value`; empty for the whole.
    pub path: String,
    /// Expected form.
    pub expected: JsonForm,
    /// Form that was found.
    pub found: JsonForm,
}

impl Misfit {
    /// The misfit without list indices, so that equal ones of many objects are equal.
    pub fn kind(&self) -> Self {
        Self { path: unplaced(&self.path), ..*self }
    }
}

/// A way to a field without the places in lists: `resources[].scalar.value` for `resources[2].scalar.value`.
fn unplaced(way: &str) -> String {
    let mut path = String::with_capacity(way.len());
    let mut in_list = false;
    for character in way.chars() {
        in_list = (in_list || character == '[') && character != ']';
        if !in_list || character == '[' {
            path.push(character);
        }
    }
    path
}

/// The fields of one object that have another form than expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Misfits {
    recorded: Vec<Misfit>,
    /// Number of misfits, recorded or not.
    count: u64,
    unknown: UnknownNumbers,
}

impl Misfits {
    /// Recorded misfits, a bounded number.
    pub fn iter(&self) -> impl Iterator<Item = &Misfit> {
        self.recorded.iter()
    }

    /// Number of misfits, recorded or not.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether every field is known, and has the expected form.
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.unknown.is_empty()
    }

    /// Numbers that this build has no name for. The fields that have one are not affected.
    pub fn unknown(&self) -> &UnknownNumbers {
        &self.unknown
    }

    pub(super) fn note_unknown(&mut self, more: UnknownNumbers) {
        self.unknown.extend(more);
    }

    /// The first that hides a whole list, or all that an answer says: that nothing is there would be untrue then.
    pub fn hiding(&self) -> Option<&Misfit> {
        self.recorded.iter().find(|misfit| {
            let is_list = misfit.expected == JsonForm::List;
            let is_all = misfit.expected == JsonForm::Object && !misfit.path.contains('.');
            (is_list || is_all) && !misfit.path.contains('[')
        })
    }

    /// Those of a part of the object as well.
    pub(super) fn extend(&mut self, more: Self) {
        self.count += more.count;
        let room = RECORDED.saturating_sub(self.recorded.len());
        self.recorded.extend(more.recorded.into_iter().take(room));
        self.unknown.extend(more.unknown);
    }

    /// A field that Mesos always writes is not there.
    pub(crate) fn absent(&mut self, name: &str, expected: JsonForm) {
        let before = self.recorded.len();
        self.record(expected, JsonForm::Absent);
        self.within(before, name);
    }

    pub(super) fn record(&mut self, expected: JsonForm, found: JsonForm) {
        self.count += 1;
        if self.recorded.len() < RECORDED {
            self.recorded.push(Misfit { path: String::new(), expected, found });
        }
    }

    /// How many are recorded.
    pub(super) fn recorded(&self) -> usize {
        self.recorded.len()
    }

    /// Those recorded since there were so many lie in this field.
    pub(super) fn within(&mut self, before: usize, name: &str) {
        for misfit in self.recorded.iter_mut().skip(before) {
            if misfit.path.is_empty() {
                name.clone_into(&mut misfit.path);
                continue;
            }
            let below = if misfit.path.starts_with('[') { "" } else { "." };
            misfit.path = format!("{name}{below}{}", misfit.path);
        }
    }
}

/// A JSON value, by how it fits the expected form.
pub enum FieldValue<T> {
    /// The value has the expected form.
    Expected(T),
    /// The value has another form, from which it can be read all the same.
    Other(T),
    /// The value cannot be read as this type; it counts as absent.
    Unreadable,
}

impl<T> FieldValue<T> {
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> FieldValue<U> {
        match self {
            Self::Expected(value) => FieldValue::Expected(change(value)),
            Self::Other(value) => FieldValue::Other(change(value)),
            Self::Unreadable => FieldValue::Unreadable,
        }
    }
}

/// A number, as JSON has it.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An integer that fits `i64`.
    Whole(i64),
    /// An integer above the range of `i64`.
    Large(u64),
    /// A number with a decimal point or an exponent.
    Fraction(f64),
}

/// A type that can be read from any JSON; forms that it does not name count as absent.
pub trait FromAnyJson<'de>: Sized {
    /// The form that it has.
    const EXPECTED: JsonForm;

    /// Whether it has what tells it from others of its kind. What has not is left out.
    fn has_identity(&self) -> bool {
        true
    }

    /// From a text.
    fn of_text(_: Cow<'de, str>) -> FieldValue<Self> {
        FieldValue::Unreadable
    }

    /// From a boolean.
    fn of_bool(_: bool) -> FieldValue<Self> {
        FieldValue::Unreadable
    }

    /// From a number.
    fn of_number(_: Number) -> FieldValue<Self> {
        FieldValue::Unreadable
    }

    /// From a list.
    ///
    /// # Errors
    /// If it is no JSON.
    fn of_list<A: SeqAccess<'de>>(mut list: A, _: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(FieldValue::Unreadable)
    }

    /// From an object.
    ///
    /// # Errors
    /// If it is no JSON.
    fn of_map<A: MapAccess<'de>>(mut map: A, _: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(FieldValue::Unreadable)
    }

    /// From whatever comes. `None` for null, and for what is recorded as unreadable.
    ///
    /// # Errors
    /// If it is no JSON.
    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        of_any(json, misfits)
    }
}

/// Reads a value by its form, as a type does that has no reading of its own.
pub(super) fn of_any<'de, T: FromAnyJson<'de>, D: Deserializer<'de>>(
    json: D,
    misfits: &mut Misfits,
) -> Result<Option<T>, D::Error> {
    json.deserialize_any(Reader::new(misfits))
}

/// Reads one value, and records what does not fit.
pub(super) struct Reader<'m, T> {
    misfits: &'m mut Misfits,
    of: PhantomData<T>,
}

impl<'m, T> Reader<'m, T> {
    fn new(misfits: &'m mut Misfits) -> Self {
        Self { misfits, of: PhantomData }
    }

    /// The one place where a field that does not fit is recorded.
    fn take<'de>(self, form: FieldValue<T>, found: JsonForm) -> Option<T>
    where
        T: FromAnyJson<'de>,
    {
        match form {
            FieldValue::Expected(value) => Some(value),
            FieldValue::Other(value) => {
                self.misfits.record(T::EXPECTED, found);
                Some(value)
            }
            FieldValue::Unreadable => {
                self.misfits.record(T::EXPECTED, found);
                None
            }
        }
    }
}

impl<'de, T: FromAnyJson<'de>> DeserializeSeed<'de> for Reader<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<T>, D::Error> {
        T::read(json, self.misfits)
    }
}

impl<'de, T: FromAnyJson<'de>> Visitor<'de> for Reader<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", T::EXPECTED)
    }
    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        // Mesos leaves out what is empty, and writes no null.
        if T::EXPECTED.holds_others() {
            self.misfits.record(T::EXPECTED, JsonForm::Null);
        }
        Ok(None)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Option<T>, E> {
        Ok(self.take(T::of_bool(value), JsonForm::Boolean))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Option<T>, E> {
        Ok(self.take(T::of_number(Number::Whole(value)), JsonForm::Number))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Option<T>, E> {
        let number = i64::try_from(value).map_or(Number::Large(value), Number::Whole);
        Ok(self.take(T::of_number(number), JsonForm::Number))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Option<T>, E> {
        Ok(self.take(T::of_number(Number::Fraction(value)), JsonForm::Number))
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Option<T>, E> {
        Ok(self.take(T::of_text(Cow::Borrowed(text)), JsonForm::Text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Option<T>, E> {
        Ok(self.take(T::of_text(Cow::Owned(text.to_owned())), JsonForm::Text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<T>, A::Error> {
        let form = T::of_list(list, self.misfits)?;
        Ok(self.take(form, JsonForm::List))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        let form = T::of_map(map, self.misfits)?;
        Ok(self.take(form, JsonForm::Object))
    }
}

/// The form that a field is expected to have.
pub(crate) const fn form_of<'de, T: FromAnyJson<'de>>(_: &T) -> JsonForm {
    T::EXPECTED
}

/// Reads a map's next value into a field. Null leaves the field as it is.
pub(crate) fn put<'de, T: FromAnyJson<'de>, A: MapAccess<'de>>(
    field: &mut T,
    name: &str,
    map: &mut A,
    misfits: &mut Misfits,
) -> Result<(), A::Error> {
    let before = misfits.recorded.len();
    if let Some(value) = map.next_value_seed(Reader::<T>::new(misfits))? {
        *field = value;
    }
    if misfits.recorded.len() > before {
        misfits.within(before, name);
    }
    Ok(())
}

/// Reads a list's elements, and leaves out those that cannot be read or have no identity.
pub(super) fn each<'de, T: FromAnyJson<'de>, A: SeqAccess<'de>>(
    mut list: A,
    misfits: &mut Misfits,
    mut take: impl FnMut(T),
) -> Result<(), A::Error> {
    let mut index = 0;
    loop {
        let (before, count) = (misfits.recorded.len(), misfits.count);
        match list.next_element_seed(Reader::<T>::new(misfits))? {
            None => return Ok(()),
            Some(Some(value)) if value.has_identity() => take(value),
            Some(Some(_)) => misfits.record(JsonForm::WithId, JsonForm::WithoutId),
            Some(None) if misfits.count == count => misfits.record(T::EXPECTED, JsonForm::Null),
            Some(None) => {}
        }
        if misfits.recorded.len() > before {
            misfits.within(before, &format!("[{index}]"));
        }
        index += 1;
    }
}

/// A field's name, borrowed where it has no escapes.
pub(crate) struct FieldName<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for FieldName<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = FieldName<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", JsonForm::Name)
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<FieldName<'de>, E> {
        Ok(FieldName(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<FieldName<'de>, E> {
        Ok(FieldName(Cow::Owned(text.to_owned())))
    }
}

/// Lists a message's fields by their names in JSON. One that is not listed does not compile.
/// `identified by` says what tells the message from others of its kind. Without a `required` field the message is misread,
/// not empty: Mesos always writes it.
macro_rules! fields {
    (impl<$de:lifetime $(, const $flag:ident: bool)?> $message:ty $(, identified by $identity:expr)? ; $($key:literal => $field:ident $($required:ident)?),* $(,)?) => {
        impl<$de $(, const $flag: bool)?> $crate::mesos::wire::field::FromAnyJson<$de> for $message {
            const EXPECTED: $crate::mesos::wire::json_form::JsonForm = $crate::mesos::wire::json_form::JsonForm::Object;

            $(fn has_identity(&self) -> bool {
                let identity: fn(&Self) -> bool = $identity;
                identity(self)
            })?

            fn of_map<A: serde::de::MapAccess<$de>>(
                mut map: A,
                misfits: &mut $crate::mesos::wire::field::Misfits,
            ) -> Result<$crate::mesos::wire::field::FieldValue<Self>, A::Error> {
                let mut message = Self::default();
                let mut absent: Vec<(&str, $crate::mesos::wire::json_form::JsonForm)> =
                    vec![$($({
                        const _: &str = stringify!($required);
                        ($key, $crate::mesos::wire::field::form_of(&message.$field))
                    },)?)*];
                while let Some(key) = map.next_key::<$crate::mesos::wire::field::FieldName<$de>>()? {
                    absent.retain(|(name, _)| *name != key.0);
                    match &*key.0 {
                        $($key => $crate::mesos::wire::field::put(&mut message.$field, $key, &mut map, misfits)?,)*
                        _ => drop(map.next_value::<serde::de::IgnoredAny>()?),
                    }
                }
                absent.into_iter().for_each(|(name, expected)| misfits.absent(name, expected));
                let Self { $($field: _),* } = &message;
                Ok($crate::mesos::wire::field::FieldValue::Expected(message))
            }
        }
    };
}
pub(crate) use fields;

/// A value that was read from any JSON, with the fields of it that do not fit.
#[derive(Clone, Debug)]
pub struct Lenient<T> {
    /// `None` for what has another form altogether.
    pub value: Option<T>,
    /// Fields that were left out because they have another form than expected.
    pub misfits: Misfits,
}

/// Reads a message, without what of it does not fit. `None` for what is none.
pub fn read<'a, T: FromAnyJson<'a>>(json: &'a str) -> Option<T> {
    serde_json::from_str::<Lenient<T>>(json).ok()?.value
}

impl<'de, T: FromAnyJson<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let mut misfits = Misfits::default();
        let value = T::read(json, &mut misfits)?;
        Ok(Self { value, misfits })
    }
}

impl<'de, T: FromAnyJson<'de>> FromAnyJson<'de> for Option<T> {
    const EXPECTED: JsonForm = T::EXPECTED;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        T::read(json, misfits).map(Some)
    }
}

impl<'de, T: FromAnyJson<'de>> FromAnyJson<'de> for Box<T> {
    const EXPECTED: JsonForm = T::EXPECTED;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        Ok(T::read(json, misfits)?.map(Self::new))
    }
}

impl<'de, T: FromAnyJson<'de>> FromAnyJson<'de> for Vec<T> {
    const EXPECTED: JsonForm = JsonForm::List;

    fn of_list<A: SeqAccess<'de>>(list: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let mut all = Self::new();
        each(list, misfits, |value| all.push(value))?;
        Ok(FieldValue::Expected(all))
    }
}

impl<'de, T: FromAnyJson<'de> + Default> FromAnyJson<'de> for BTreeMap<String, T> {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn of_map<A: MapAccess<'de>>(mut map: A, misfits: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        let mut all = Self::new();
        while let Some(name) = map.next_key::<String>()? {
            let mut value: Option<T> = None;
            put(&mut value, &name, &mut map, misfits)?;
            value.into_iter().for_each(|value| drop(all.insert(name.clone(), value)));
        }
        Ok(FieldValue::Expected(all))
    }
}

impl<'de> FromAnyJson<'de> for bool {
    const EXPECTED: JsonForm = JsonForm::Boolean;

    fn of_bool(value: bool) -> FieldValue<Self> {
        FieldValue::Expected(value)
    }
    fn of_text(text: Cow<'de, str>) -> FieldValue<Self> {
        text.parse().map_or(FieldValue::Unreadable, FieldValue::Other)
    }
}

/// That a field is there, whatever is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldPresence;

impl<'de> FromAnyJson<'de> for FieldPresence {
    const EXPECTED: JsonForm = JsonForm::Object;

    fn of_map<A: MapAccess<'de>>(mut map: A, _: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(FieldValue::Expected(Self))
    }
}

/// A field that is read where `READ` says so, and passed over elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReadIf<const READ: bool, T>(pub(super) T);

impl<'de, const READ: bool, T: FromAnyJson<'de>> FromAnyJson<'de> for ReadIf<READ, T> {
    const EXPECTED: JsonForm = T::EXPECTED;

    fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
        if READ { Ok(T::read(json, misfits)?.map(Self)) } else { IgnoredAny::deserialize(json).map(|_| None) }
    }
}
