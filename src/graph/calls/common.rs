//! Names of methods that the languages' own types have: on an unknown receiver they say nothing.

/// Whether a method of this name may well be one of the language's own types.
pub(super) fn is_common(name: &str) -> bool {
    COMMON.split(' ').any(|common| common == name)
}

const COMMON: &str = "add all any append apply as_bytes as_ref as_str at back begin bind c_str call cancel catch chars \
    clear clone close collect concat contains copy count data decode default delete drop each emplace \
    empty encode end entries entry equals erase every exec exists expect extend fill filter find finish \
    first flush forEach format from front get group has hash hashCode index indexOf insert into is_dir \
    is_empty isEmpty items iter join keys last len length lines load lock lower map match matches max \
    min name next nth open parse path peek poll pop position print push push_back push_str put read \
    readline recv remove replace reset reverse run seek send set size skip sleep slice some sort splice \
    split start stop store str strip sub submit substr substring swap take tell test text then toString \
    to_owned to_string to_vec trim unlock unwrap update upper value values wait with write";
