//! A set of file numbers.

/// File numbers, one bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    words: Vec<u64>,
}

impl Files {
    /// An empty set for the numbers below `files`; it grows when it has to.
    pub(super) fn below(files: u32) -> Self {
        Self { words: vec![0; files.div_ceil(64) as usize] }
    }

    /// Adds one file.
    pub fn insert(&mut self, file: u32) {
        let word = file as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (file % 64);
    }

    /// Takes one file out.
    pub fn remove(&mut self, file: u32) {
        if let Some(word) = self.words.get_mut(file as usize / 64) {
            *word &= !(1 << (file % 64));
        }
    }

    /// Whether the file is in the set.
    pub fn contains(&self, file: u32) -> bool {
        self.words.get(file as usize / 64).is_some_and(|word| (word >> (file % 64)) & 1 == 1)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(number, &word)| {
            let ones = std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)));
            let base = number as u32 * 64;
            ones.take_while(|&rest| rest != 0).map(move |rest| base + rest.trailing_zeros())
        })
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        for (number, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(number).copied().unwrap_or(0);
        }
    }

    pub(super) fn unite(&mut self, other: &Self) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(files: &[u32]) -> Files {
        let mut set = Files::below(10);
        files.iter().for_each(|&file| set.insert(file));
        set
    }

    #[test]
    fn a_set_is_a_set() {
        let mut files = set(&[3, 64, 0, 200, 3]);
        assert_eq!(files.iter().collect::<Vec<_>>(), [0, 3, 64, 200]);
        assert_eq!(files.len(), 4);
        files.remove(64);
        files.remove(9999);
        assert!(!files.contains(64) && files.contains(200) && !files.contains(9999));
        let mut both = files.clone();
        both.intersect(&set(&[3, 4]));
        assert_eq!(both.iter().collect::<Vec<_>>(), [3]);
        let mut either = set(&[5]);
        either.unite(&files);
        assert_eq!(either.iter().collect::<Vec<_>>(), [0, 3, 5, 200]);
        assert!(set(&[]).is_empty() && !either.is_empty());
    }
}
