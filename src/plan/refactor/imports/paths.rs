//! Workspace paths, taken apart and put together.

/// The folder of a path; empty for the root.
pub(in crate::plan::refactor) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

pub(in crate::plan::refactor) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A file name without its endings.
pub(in crate::plan::refactor) fn stem(path: &str) -> &str {
    let name = last(path);
    name.split_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

/// `folder` and a relative path as one; `None` when it leads out of the repository.
pub(in crate::plan::refactor) fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

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
