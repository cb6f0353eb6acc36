//! The way from one path to another.

/// The way from a folder to a path: `x`, `../x`, `.`.
pub(in crate::plan::refactor) fn relative(folder: &str, to: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let way: Vec<&str> = up.chain(to[shared..].iter().copied()).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::paths::joined;

    #[test]
    fn ways() {
        for (from, to, expect) in
            [("a/b", "a/c/d", "../c/d"), ("", "a", "a"), ("a", "a", "."), ("a/b", "a", ".."), ("a", "a/b", "b")]
        {
            assert_eq!(relative(from, to), expect);
            assert_eq!(joined(from, expect).unwrap(), to);
        }
    }
}
