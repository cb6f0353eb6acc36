//! Words of C and C++ by what they look like: macros, attributes, and the grammar's own.

/// All capitals, as macros are: at least three characters of `[A-Z0-9_]`, `_LIBCPP_INLINE` included.
pub(super) fn is_shout(word: &[u8]) -> bool {
    word.len() >= 3
        && word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && word.iter().find(|byte| **byte != b'_').is_some_and(u8::is_ascii_uppercase)
        && word.iter().filter(|byte| byte.is_ascii_uppercase()).count() >= 2
}

/// Begins like a macro's name: `SYSCALL_DEFINE3`, `__ATTR_RO`, `CPUHP_foo`.
pub(super) fn is_macro(word: &[u8]) -> bool {
    let head = word.iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_');
    head.filter(|byte| byte.is_ascii_uppercase()).count() >= 3
}

/// A macro that defines the variable which it names.
pub(super) fn is_variable_macro(word: &[u8]) -> bool {
    let name = word.strip_prefix(b"__").unwrap_or(word);
    name.starts_with(b"DEFINE_")
        || name.starts_with(b"DECLARE_")
        || name.ends_with(b"_HEAD")
        || name.starts_with(b"DEVICE_ATTR")
}

/// Attribute macros by name: those that are so common that no context is needed.
pub(super) fn is_attribute(word: &[u8]) -> bool {
    matches!(
        word,
        b"__init"
            | b"__exit"
            | b"__initdata"
            | b"__initconst"
            | b"__exitdata"
            | b"__devinit"
            | b"__devexit"
            | b"__meminit"
            | b"__ref"
            | b"__refdata"
            | b"__user"
            | b"__iomem"
            | b"__rcu"
            | b"__percpu"
            | b"__force"
            | b"__kernel"
            | b"__read_mostly"
            | b"__ro_after_init"
            | b"__maybe_unused"
            | b"__always_unused"
            | b"__used"
            | b"__cold"
            | b"__sched"
            | b"__weak"
            | b"__must_check"
            | b"__packed"
            | b"__bitwise"
            | b"__always_inline"
            | b"__visible"
            | b"__printf"
            | b"__scanf"
            | b"__acquires"
            | b"__releases"
            | b"__must_hold"
            | b"__cond_acquires"
            | b"__noreturn"
            | b"__cacheline_aligned"
            | b"____cacheline_aligned"
            | b"____cacheline_aligned_in_smp"
            | b"__randomize_layout"
            | b"__no_randomize_layout"
            | b"__cacheline_aligned_in_smp"
            | b"__latent_entropy"
            | b"__no_sanitize_address"
            | b"__noclone"
            | b"__pure"
            | b"__malloc"
            | b"__deprecated"
            | b"__hot"
            | b"__naked"
            | b"__private"
            | b"__nocast"
            | b"__section"
            | b"__aligned"
            | b"__net_init"
            | b"__net_exit"
            | b"__net_initdata"
            | b"__lockfunc"
            | b"__kprobes"
            | b"__irq_entry"
            | b"__softirq_entry"
            | b"__no_kcsan"
            | b"__no_kmsan"
            | b"__alloc_size"
            | b"__designated_init"
            | b"noinline"
            | b"noinline_for_stack"
            | b"noinstr"
            | b"notrace"
            | b"nokprobe_inline"
            | b"asmlinkage"
            | b"__init_or_module"
            | b"__initdata_or_module"
            | b"__fallthrough"
            | b"__counted_by"
            | b"__cpuidle"
            | b"__nonstring"
            | b"__init_memblock"
            | b"__initdata_memblock"
            | b"__setup_param_str"
            | b"__ref_"
            | b"__flatten"
            | b"__init_refok"
            | b"__no_profile"
            | b"__ro_after_init_"
            | b"__page_aligned_bss"
            | b"__page_aligned_data"
            | b"__no_sanitize"
    )
}

/// Might be an attribute macro if it stands in the right place.
pub(super) fn is_attribute_like(word: &[u8]) -> bool {
    is_shout(word)
        || word.starts_with(b"__")
            && word.len() > 3
            && !word.ends_with(b"__")
            && !is_keyword(word)
            && word.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_' || byte.is_ascii_digit())
            && !word[2..].iter().any(u8::is_ascii_digit)
}

/// Words of the grammar that begin a type or stand before one.
pub(super) fn is_keyword(word: &[u8]) -> bool {
    is_qualifier(word)
        || matches!(
            word,
            b"void"
                | b"int"
                | b"char"
                | b"short"
                | b"long"
                | b"unsigned"
                | b"signed"
                | b"float"
                | b"double"
                | b"bool"
                | b"_Bool"
                | b"auto"
                | b"__attribute__"
                | b"__declspec"
                | b"__extension__"
                | b"__asm__"
                | b"__volatile__"
                | b"__typeof__"
                | b"__func__"
                | b"__builtin_va_list"
                | b"public"
                | b"private"
                | b"protected"
        )
}

/// Words that a type still has to follow, or that no declaration has.
pub(super) fn is_qualifier(word: &[u8]) -> bool {
    matches!(
        word,
        b"static"
            | b"extern"
            | b"inline"
            | b"const"
            | b"volatile"
            | b"register"
            | b"typedef"
            | b"struct"
            | b"union"
            | b"enum"
            | b"class"
            | b"namespace"
            | b"template"
            | b"typename"
            | b"virtual"
            | b"explicit"
            | b"friend"
            | b"constexpr"
            | b"consteval"
            | b"constinit"
            | b"mutable"
            | b"using"
            | b"return"
            | b"case"
            | b"else"
            | b"goto"
            | b"sizeof"
            | b"typeof"
            | b"new"
            | b"delete"
            | b"throw"
            | b"operator"
            | b"thread_local"
            | b"__inline"
            | b"__inline__"
            | b"__restrict"
            | b"__const"
            | b"_Noreturn"
            | b"_Alignas"
            | b"alignas"
            | b"do"
            | b"if"
            | b"while"
            | b"for"
            | b"switch"
            | b"co_return"
            | b"co_await"
            | b"and"
            | b"or"
            | b"not"
            | b"default"
            | b"public"
            | b"private"
            | b"protected"
            | b"noexcept"
            | b"override"
            | b"final"
            | b"decltype"
            | b"static_assert"
            | b"requires"
            | b"concept"
            | b"export"
            | b"import"
            | b"module"
    )
}
