//! Tests of `draft`: tables of small cases, and scripts beside a naive model.

use proptest::prelude::*;

use super::*;

/// Edits of steps as `(step, from, to, new)` in the planned text of that moment.
fn drafted(base: &str, edits: &[(u32, usize, usize, &str)]) -> Draft {
    let mut draft = Draft::new(base.into());
    for (step, from, to, new) in edits {
        draft.splice(*step, &[(*from..*to, (*new).to_owned())]);
    }
    draft
}

fn shown(draft: &Draft) -> Vec<String> {
    let edit = |edit: &Edit| format!("{} {:?}->{:?} {:?}", edit.start, edit.old, edit.new, edit.steps);
    draft.edits().iter().map(edit).collect()
}

#[test]
fn edits_are_composed_and_told_by_step() {
    for (base, edits, text, expect) in [
        ("abc", &[(1, 1, 2, "X")][..], "aXc", &[r#"1 "b"->"X" [1]"#][..]),
        ("abc", &[(1, 0, 0, "X"), (2, 4, 4, "Y")], "XabcY", &[r#"0 ""->"X" [1]"#, r#"3 ""->"Y" [2]"#]),
        ("abc", &[(1, 1, 2, "X"), (2, 1, 1, "Y")], "aYXc", &[r#"1 ""->"Y" [2]"#, r#"1 "b"->"X" [1]"#]),
        ("abc", &[(1, 1, 2, "XY"), (2, 2, 3, "Z")], "aXZc", &[r#"1 "b"->"XZ" [1, 2]"#]),
        ("abcd", &[(1, 1, 2, ""), (2, 1, 2, "")], "ad", &[r#"1 "b"->"" [1]"#, r#"2 "c"->"" [2]"#]),
        ("abc", &[(1, 1, 2, "X"), (1, 1, 2, "b")], "abc", &[]),
        ("", &[(1, 0, 0, "new\n")], "new\n", &[r#"0 ""->"new\n" [1]"#]),
        ("abc", &[(1, 0, 3, "")], "", &[r#"0 "abc"->"" [1]"#]),
    ] {
        let draft = drafted(base, edits);
        assert_eq!((&**draft.text(), shown(&draft)), (text, expect.iter().map(|e| (*e).to_owned()).collect()));
    }
}

#[test]
fn a_step_is_taken_back_unless_others_build_on_it() {
    for (base, edits, dropped, expect) in [
        ("abc", &[(1, 1, 2, "XX"), (2, 3, 4, "Y")][..], 1, Ok("abY")),
        ("abc", &[(1, 1, 2, "XX"), (2, 3, 4, "Y")], 2, Ok("aXXc")),
        ("abc", &[(1, 1, 2, "XX"), (2, 2, 3, "Y")], 1, Err(vec![2])),
        ("abc", &[(1, 1, 2, "XX"), (2, 2, 3, "Y")], 2, Ok("aXXc")),
        ("abc", &[(1, 1, 2, "X"), (2, 2, 2, "Y")], 1, Ok("abYc")),
        ("abc", &[(1, 1, 2, "XX"), (2, 2, 2, "Y")], 1, Err(vec![2])),
        ("abc", &[(1, 1, 2, ""), (2, 0, 2, "Z")], 1, Err(vec![2])),
        ("abc", &[(1, 3, 3, "X"), (2, 4, 4, "Y")], 1, Ok("abcY")),
    ] {
        let result = drafted(base, edits).without(dropped);
        let result = result.map(|draft| draft.text().to_string()).map_err(|steps| steps.into_iter().collect());
        assert_eq!(result, expect.map(str::to_owned), "{base} {edits:?} without {dropped}");
    }
}

#[test]
fn lines_of_the_text_before_are_changed_once() {
    let mut draft = Draft::new("one\ntwo\nthree\n".into());
    assert_eq!(draft.edit(1, 4..8, "2\n2\n"), Ok(()));
    assert_eq!(draft.edit(2, 0..4, "1\n"), Ok(()));
    assert_eq!(draft.edit(3, 0..8, ""), Err(Overlap { step: 2 }));
    assert_eq!(draft.edit(3, 6..6, "x"), Err(Overlap { step: 1 }));
    assert_eq!(draft.edit(3, 8..14, "3\n"), Ok(()));
    assert_eq!(&**draft.text(), "1\n2\n2\n3\n");
}

#[derive(Debug, Clone)]
struct Script {
    base: String,
    edits: Vec<(u32, usize, usize, String)>,
}

fn script() -> impl Strategy<Value = Script> {
    let text =
        || proptest::collection::vec(prop_oneof![Just("a"), Just("é"), Just("\n"), Just("\r\n"), Just("xyz ")], 0..12);
    let edit = (1..5u32, any::<u16>(), any::<u16>(), text().prop_map(|parts| parts.concat()));
    (text().prop_map(|parts| parts.concat()), proptest::collection::vec(edit, 0..12)).prop_map(|(base, raw)| Script {
        base,
        edits: raw
            .into_iter()
            .map(|(step, from, length, new)| (step, from as usize, length as usize % 7, new))
            .collect(),
    })
}

/// The character boundary at or before an offset.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A byte as a naive reader keeps it: which one of the text before it is, if any, and who wrote it.
type Kept = (Option<usize>, u8, u32);

/// A text byte by byte, and who took each byte of the text before away.
struct Naive {
    bytes: Vec<Kept>,
    taken: Vec<Option<u32>>,
}

impl Naive {
    fn replace(&mut self, step: u32, range: Range<usize>, new: &str) {
        for (base, ..) in &self.bytes[range.clone()] {
            base.iter().for_each(|base| self.taken[*base] = Some(step));
        }
        self.bytes.splice(range, new.bytes().map(|byte| (None, byte, step)));
    }

    /// Where a range of the text before is now, or who is in the way.
    fn find(&self, range: &Range<usize>) -> Result<Range<usize>, Vec<u32>> {
        let at = |base: usize| self.bytes.iter().position(|kept| kept.0 == Some(base));
        if range.is_empty() {
            let left = range.start.checked_sub(1).and_then(at).map(|at| at + 1);
            let found = left.or_else(|| at(range.start)).or_else(|| self.taken.is_empty().then_some(0));
            return found.map(|at| at..at).ok_or_else(|| self.taken.iter().flatten().copied().collect());
        }
        let mut in_the_way: Vec<u32> = range.clone().filter_map(|base| self.taken[base]).collect();
        let Some(start) = range.clone().find_map(at) else { return Err(in_the_way) };
        let behind = (range.end..self.taken.len()).find_map(at).unwrap_or(self.bytes.len());
        let end = range.clone().rev().find_map(at).map_or(start, |at| at + 1);
        let until = if in_the_way.is_empty() { end } else { behind };
        in_the_way.extend(self.bytes[start..until].iter().filter(|kept| kept.0.is_none()).map(|kept| kept.2));
        if in_the_way.is_empty() { Ok(start..end) } else { Err(in_the_way) }
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes.iter().map(|kept| kept.1).collect()).unwrap()
    }
}

/// Composes a script of edits in the planned text, and (step 4) of edits in the text before, as a naive reader would.
fn holds(script: &Script) -> Result<(), TestCaseError> {
    let base = script.base.as_str();
    let mut draft = Draft::new(base.into());
    let bytes = base.bytes().enumerate().map(|(at, byte)| (Some(at), byte, 0)).collect();
    let mut naive = Naive { bytes, taken: vec![None; base.len()] };
    for (step, from, length, new) in &script.edits {
        let planned = naive.text();
        let text = if *step == 4 { base } else { planned.as_str() };
        let start = boundary(text, from % (text.len() + 1));
        let range = start..boundary(text, start + length).max(start);
        if *step == 4 {
            match (draft.edit(4, range.clone(), new), naive.find(&range)) {
                (Ok(()), Ok(range)) => naive.replace(4, range, new),
                (Err(overlap), Err(steps)) => prop_assert!(steps.contains(&overlap.step), "{overlap:?} of {steps:?}"),
                (is, expect) => return Err(TestCaseError::fail(format!("{range:?}: {is:?} for {expect:?}"))),
            }
        } else {
            naive.replace(*step, range.clone(), new);
            draft.splice(*step, &[(range, new.clone())]);
        }
        prop_assert_eq!(&**draft.text(), naive.text());
    }
    let change = crate::plan::FileChange { after: Some(String::new()), edits: draft.edits(), ..Default::default() };
    prop_assert_eq!(change.apply(base), Some(naive.text()));
    for step in draft.steps() {
        match draft.without(step) {
            Ok(without) => {
                prop_assert!(without.edits().iter().all(|edit| !edit.steps.contains(&step)));
                if draft.steps().len() == 1 {
                    prop_assert_eq!(&**without.text(), base);
                }
            }
            Err(others) => {
                prop_assert!(!others.is_empty() && others.is_subset(&draft.steps()) && !others.contains(&step))
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn scripts_are_composed_as_a_naive_model_does(script in script()) {
        holds(&script)?;
    }
}
