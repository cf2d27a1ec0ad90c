//! Foreign names as they may be shown: what would not be seen, or would move its neighbours, is spelt out. So no name passes for
//! another by such characters. Letters of all scripts stay, right-to-left ones too, and so do emoji. Looks nothing alike up:
//! a Cyrillic а still looks like a Latin one.

use std::borrow::Cow;

/// The text with each character that is not seen spelt out: `\u{202e}`, and ␀ to ␡ for control characters.
pub fn escape_invisible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(letter) = rest.chars().next() {
        let flag = FLAGS.into_iter().find(|flag| rest.starts_with(flag));
        let taken = flag.map_or(letter.len_utf8(), str::len);
        let (head, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        // What is spelt out joins nothing.
        before = match escaped(letter) {
            Some(words) if flag.is_none() && !joins(letter, before, after.chars().next()) => {
                shown.push_str(&words);
                None
            }
            Some(_) | None => {
                shown.push_str(head);
                Some(letter)
            }
        };
        rest = after;
    }
    shown.into()
}

/// Visible spelling of a character that is invisible or moves others; `None` for all others.
pub fn escaped(letter: char) -> Option<String> {
    match letter {
        '\0'..'\u{20}' => Some(char::from_u32(0x2400 + u32::from(letter)).unwrap_or('␀').to_string()),
        '\u{7f}' => Some('␡'.to_string()),
        _ if is_unseen(letter) => Some(format!("\\u{{{:x}}}", u32::from(letter))),
        _ => None,
    }
}

/// Formats, fillers, blanks other than the plain one, and what is no character (Unicode's Default_Ignorable_Code_Point,
/// White_Space, Bidi_Control and Noncharacter_Code_Point, and the blank of Braille).
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3000}' | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(letter) & 0xfffe == 0xfffe
}

/// The flags that are written with tags: England's, Scotland's and Wales'.
const FLAGS: [&str; 3] = [
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Whether an unseen character does its work between its neighbours: it joins emoji, or parts letters of scripts that join.
fn joins(letter: char, before: Option<char>, after: Option<char>) -> bool {
    let before_is = |is: fn(char) -> bool| before.is_some_and(is);
    let after_is = |is: fn(char) -> bool| after.is_some_and(is);
    match letter {
        '\u{200d}' if before_is(is_emoji) && after_is(is_emoji_base) => true,
        '\u{200c}' | '\u{200d}' => before_is(is_joining) && after_is(is_joining),
        '\u{fe0f}' => {
            before_is(is_emoji_base)
                || (before_is(|letter| matches!(letter, '0'..='9' | '#' | '*')) && after == Some('\u{20e3}'))
        }
        '\u{fe0e}' => before_is(is_emoji_base),
        // The page's own, between thousands and before a unit.
        '\u{202f}' => before_is(|letter| letter.is_ascii_digit()),
        _ => false,
    }
}

fn is_emoji(letter: char) -> bool {
    letter == '\u{fe0f}' || is_emoji_base(letter)
}

fn is_emoji_base(letter: char) -> bool {
    matches!(letter, '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}'
        | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}' | '\u{2935}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Letters and marks of Arabic, Syriac, Mongolian and the scripts of India, where joining or not is spelling.
fn is_joining(letter: char) -> bool {
    matches!(letter, '\u{620}'..='\u{6ff}' | '\u{710}'..='\u{77f}' | '\u{8a0}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
        | '\u{1820}'..='\u{18aa}')
        && escaped(letter).is_none()
}

/// A name for a file on any system: what is not seen, and what some system does not allow, is `_`.
pub fn file_name(name: &str) -> String {
    let harmless = |letter: char| match letter {
        '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '_',
        letter if escaped(letter).is_some() => '_',
        letter => letter,
    };
    let name: String = name.chars().map(harmless).collect();
    let name = name.trim_matches(' ').trim_end_matches(['.', ' ']);
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_seen_is_spelt_out() {
        let check = |text: &str, expected: &str| assert_eq!(escape_invisible(text), expected);
        check("web-1", "web-1");
        check("mara\u{202e}nohtaram\u{202c}", "mara\\u{202e}nohtaram\\u{202c}");
        check("zero\u{200b}width\u{200d}", "zero\\u{200b}width\\u{200d}");
        check("new\nline\ttab\0\u{7f}\u{85}", "new␊line␉tab␀␡\\u{85}");
        check("a\u{a0}b\u{3000}c\u{2800}d\u{3164}", "a\\u{a0}b\\u{3000}c\\u{2800}d\\u{3164}");
        check("web\u{fe0f}\u{e0041}\u{ad}\u{2066}\u{feff}", "web\\u{fe0f}\\u{e0041}\\u{ad}\\u{2066}\\u{feff}");
        check("a\u{200c}b \u{1f3f4}\u{e0067}", "a\\u{200c}b \u{1f3f4}\\u{e0067}");
        check("x\u{ffff}\u{1fffe}\u{e0100}", "x\\u{ffff}\\u{1fffe}\\u{e0100}");
    }

    #[test]
    fn names_of_all_languages_stay() {
        for name in [
            "größe",
            "خدمة",
            "שירות-1",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "サービス",
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            FLAGS[0],
            "👍🏽",
            "🇩🇪",
            "e\u{301}",
        ] {
            assert_eq!(escape_invisible(name), name);
        }
    }

    #[test]
    fn a_file_is_named_as_any_system_allows() {
        let check = |name: &str, expected: &str| assert_eq!(file_name(name), expected);
        check("stdout.1", "stdout.1");
        check("invoice\u{202e}gpj.exe", "invoice_gpj.exe");
        check("a/b\\c:d\n", "a_b_c_d_");
        check(" x. ", "x");
        check("..", "_");
    }

    proptest! {
        /// Two names that differ are not shown alike, as long as neither spells what the other hides.
        #[test]
        fn different_names_are_shown_differently(a in "[ab\u{202e}\u{200b}\u{200d}\u{fe0f}\u{a0}\n❤ش]{0,6}", b in "[ab\u{202e}\u{200b}\u{200d}\u{fe0f}\u{a0}\n❤ش]{0,6}") {
            prop_assert_eq!(a == b, escape_invisible(&a) == escape_invisible(&b));
        }

        #[test]
        fn nothing_that_is_not_seen_is_left(text in any::<String>()) {
            let shown = escape_invisible(&text);
            let works = |letter: char| matches!(letter, '\u{200c}' | '\u{200d}' | '\u{202f}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0000}'..='\u{e007f}');
            let left = shown.chars().any(|letter| escaped(letter).is_some() && !works(letter));
            prop_assert!(!left);
            prop_assert_eq!(escape_invisible(&shown), shown.clone());
        }
    }
}
