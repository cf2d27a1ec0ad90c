//! What a parser of Rust says of a file: its functions, its texts, its docs. Knows no rule.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::source::Source;

/// A function's name, the line that it begins in, and how many lines it has, without its attributes and docs.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// All functions with a body, those within functions too; closures and what is in a macro belong to the function around them.
pub fn functions(file: &Source) -> Vec<Function> {
    let mut found = Functions::default();
    found.visit_file(&parsed(file));
    found.0
}

fn parsed(file: &Source) -> syn::File {
    syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{} is Rust: {error}", file.path))
}

/// The names of the types and traits that a file defines, with their lines; not those of its tests.
pub fn types(file: &Source) -> Vec<Text> {
    let mut found = Types::default();
    found.visit_file(&parsed(file));
    found.0
}

#[derive(Default)]
struct Types(Vec<Text>);

impl<'ast> Visit<'ast> for Types {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let name = match item {
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.0.extend(name.map(|name| Text { line: name.span().start().line, text: name.to_string() }));
        let is_test = |module: &syn::ItemMod| module.attrs.iter().any(|it| it.path().is_ident("cfg"));
        if !matches!(item, syn::Item::Mod(module) if is_test(module)) {
            visit::visit_item(self, item);
        }
    }
}

#[derive(Default)]
struct Functions(Vec<Function>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let (line, end) = (signature.fn_token.span.start().line, body.brace_token.span.close().end().line);
        self.0.push(Function { name: signature.ident.to_string(), line, lines: end + 1 - line });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.add(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// A text with its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    pub line: usize,
    pub text: String,
}

/// The string literals of a file, those in macros too. What is in an attribute, in `expect`, in `assert!` or in a test is left out.
pub fn literals(file: &Source) -> Vec<Text> {
    let mut found = Vec::new();
    in_tokens(tokens(file), &mut found);
    found
}

fn tokens(file: &Source) -> Vec<TokenTree> {
    let stream: TokenStream = file.text.parse().unwrap_or_else(|error| panic!("{} is Rust: {error}", file.path));
    stream.into_iter().collect()
}

fn in_tokens(tokens: Vec<TokenTree>, found: &mut Vec<Text>) {
    let mut before: [Option<TokenTree>; 2] = [None, None];
    let mut is_test = false;
    for token in tokens {
        match &token {
            TokenTree::Literal(literal) => found.extend(text_of(&literal.to_string(), literal.span())),
            TokenTree::Group(group) if is_attribute(group.delimiter(), &before) => {
                is_test |= ["cfg (test)", "test"].contains(&group.stream().to_string().as_str());
            }
            TokenTree::Group(group) if is_test && group.delimiter() == Delimiter::Brace => is_test = false,
            TokenTree::Group(_) if is_word(before[1].as_ref(), "expect") || is_assertion(&before) => {}
            TokenTree::Group(group) => in_tokens(group.stream().into_iter().collect(), found),
            TokenTree::Punct(punct) if punct.as_char() == ';' => is_test = false,
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
        before = [before[1].take(), Some(token)];
    }
}

/// `#[...]` or `#![...]`.
fn is_attribute(delimiter: Delimiter, before: &[Option<TokenTree>; 2]) -> bool {
    let inner = is_mark(before[0].as_ref(), '#') && is_mark(before[1].as_ref(), '!');
    delimiter == Delimiter::Bracket && (is_mark(before[1].as_ref(), '#') || inner)
}

/// What is said where a program is wrong, and not to its users.
fn is_assertion(before: &[Option<TokenTree>; 2]) -> bool {
    is_word(before[0].as_ref(), "assert") && is_mark(before[1].as_ref(), '!')
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// The text of a string literal.
fn text_of(literal: &str, span: Span) -> Option<Text> {
    match syn::parse_str::<syn::Lit>(literal).ok()? {
        syn::Lit::Str(text) => Some(Text { line: span.start().line, text: text.value() }),
        _ => None,
    }
}

/// The first line of each doc comment.
pub fn docs(file: &Source) -> Vec<Text> {
    let mut found = Vec::new();
    docs_in(tokens(file), &mut found);
    found
}

fn docs_in(tokens: Vec<TokenTree>, found: &mut Vec<Text>) {
    // Whether a doc comment goes on, and that of a module or of what follows.
    let mut goes_on = None;
    let mut before: [Option<TokenTree>; 2] = [None, None];
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            let kind = is_mark(before[1].as_ref(), '!');
            match is_attribute(group.delimiter(), &before).then(|| doc_of(&group.stream())).flatten() {
                Some(doc) if goes_on != Some(kind) => (goes_on, _) = (Some(kind), found.push(doc)),
                Some(_) => {}
                None => (goes_on, _) = (None, docs_in(group.stream().into_iter().collect(), found)),
            }
        } else if !is_mark(Some(&token), '#') && !is_mark(Some(&token), '!') {
            goes_on = None;
        }
        before = [before[1].take(), Some(token)];
    }
}

/// The text of `doc = "text"`.
fn doc_of(attribute: &TokenStream) -> Option<Text> {
    let mut tokens = attribute.clone().into_iter();
    let is_doc = is_word(tokens.next().as_ref(), "doc") && is_mark(tokens.next().as_ref(), '=');
    match tokens.next()? {
        TokenTree::Literal(literal) if is_doc => text_of(&literal.to_string(), literal.span()),
        _ => None,
    }
}

/// An `Effect::new`, and the calls in it that set a signal at once.
#[derive(Debug, PartialEq, Eq)]
pub struct Effect {
    pub line: usize,
    pub sets: Vec<String>,
}

const SETS: [&str; 4] = ["set", "update", "try_set", "try_update"];
/// What these are given is done later.
const LATER: [&str; 5] =
    ["spawn_local_scoped_with_cancellation", "set_timeout", "request_animation_frame", "after_paint", "outliving"];

/// The effects of a file.
pub fn effects(file: &Source) -> Vec<Effect> {
    let mut found = Vec::new();
    effects_in(tokens(file), &mut found);
    found
}

fn effects_in(tokens: Vec<TokenTree>, found: &mut Vec<Effect>) {
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        if is_word(before(1), "new") && is_word(before(4), "Effect") {
            let mut sets = Vec::new();
            sets_in(&inner, &mut sets);
            found.push(Effect { line: group.span_open().start().line, sets });
        }
        effects_in(inner, found);
    }
}

fn sets_in(tokens: &[TokenTree], sets: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
        let is_called = |names: &[&str]| names.iter().any(|name| is_word(before(1), name));
        if is_mark(before(2), '.') && is_called(&SETS) {
            sets.extend(before(1).map(ToString::to_string));
        }
        if !is_called(&LATER) {
            sets_in(&group.stream().into_iter().collect::<Vec<_>>(), sets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Source {
        Source::of("x.rs", text.to_owned())
    }

    #[test]
    fn functions_are_found_wherever_they_are() {
        let text = "/// One.\n#[test]\nfn a() {\n    fn b() {}\n}\nimpl X {\n    pub fn c(\n    ) {\n    }\n}\ntrait T { fn d(); }";
        let found: Vec<(String, usize, usize)> =
            functions(&file(text)).into_iter().map(|it| (it.name, it.line, it.lines)).collect();
        assert_eq!(found, [("a".to_owned(), 3, 3), ("b".to_owned(), 4, 1), ("c".to_owned(), 7, 3)]);
    }

    #[test]
    fn types_are_found_wherever_they_are_but_in_tests() {
        let text = "pub struct A;\nfn f() { enum B { C } }\nmod m { trait D {} }\ntype E<T> = Vec<T>;\n\
                    impl D for A { type F = u8; }\n#[cfg(test)]\nmod tests { struct G; }";
        let found: Vec<(usize, String)> = types(&file(text)).into_iter().map(|it| (it.line, it.text)).collect();
        let expected = [(1, "A"), (2, "B"), (3, "D"), (4, "E")].map(|(line, name)| (line, name.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn texts_of_macros_count_and_those_of_attributes_and_tests_do_not() {
        let text = "#[error(\"a b\")]\nfn f() { g(\"one\", h!(r#\"two\"#)).expect(\"three\"); assert!(x, \"six\") }\n\
                    #[cfg(test)]\nmod tests { const X: &str = \"four\"; }\nconst Y: &str = \"five\";";
        let found: Vec<String> = literals(&file(text)).into_iter().map(|it| it.text).collect();
        assert_eq!(found, ["one", "two", "five"]);
    }

    #[test]
    fn a_doc_comment_has_one_first_line() {
        let text = "//! Head.\n//! More.\n\n/// One.\n/// More.\n#[derive(A)]\nstruct A {\n    /// Two.\n    a: u8,\n}\n// None.\nfn f() {}";
        let found: Vec<String> = docs(&file(text)).into_iter().map(|it| it.text).collect();
        assert_eq!(found, [" Head.", " One.", " Two."]);
    }

    #[test]
    fn what_an_effect_does_later_is_not_its_own() {
        let text = "fn f() {\n    Effect::new(move |_| { if a.get() { b.set(1) } });\n    \
                    Effect::new(move |_| request_animation_frame(move || c.update(x)));\n    d.set(2);\n}";
        let found: Vec<(usize, Vec<String>)> = effects(&file(text)).into_iter().map(|it| (it.line, it.sets)).collect();
        assert_eq!(found, [(2, vec!["set".to_owned()]), (3, Vec::new())]);
    }
}
