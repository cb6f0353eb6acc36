//! The phrasings that are understood, from the most particular to the most general.

use regex::Captures;

use super::intent::{Intent, Topic, Unit};
use super::phrase::Phrase;
use super::readings::*;
use super::rules::limited;
use super::subject::{Subject, is_code, looks_like_path};
use super::vocabulary::kinds;

/// Reads the parts that a pattern found; `None` leaves the phrase to later rules.
pub type Reading = fn(&Phrase, &Captures<'_>) -> Option<Intent>;

/// Short forms that keep the table readable.
pub fn spelled_out(pattern: &str) -> String {
    let repository = "(?:(?:source )?code ?base|code|repo|repository|project|program|source(?: code| tree)?|sources|application|app|software|codes|tree|workspace)";
    let this = "(?:the|this|that|our|your|my|whole|entire|complete)";
    [
        ("<repo>", format!("(?:(?:{this} )*{repository}|it|this|that|everything|all (?:of )?(?:it|this))")),
        ("<me>", "(?: me| us)?(?: out)?".to_owned()),
        ("<the>", "(?:(?:the|a|an|all|any|every|each|some|both) )*".to_owned()),
        ("<is>", "(?: is|'s| are|'re| was| were| does| do| did| would| could| can| has| have| had| gets?| got)".to_owned()),
        ("<def>", "(?:definitions?|declarations?|implementations?|source(?: code)?|body|code|location|prototype|signature)".to_owned()),
        ("<show>", "(?:find|show|list|give|get|print|display|locate|see|search for|look for|look up|go to|goto|jump to|open|name|enumerate|identify|return|are there|is there)".to_owned()),
        ("<holder>", "(?:(?:source |header )?files?|modules?|crates?|packages?|classe?s?|folders?|director(?:y|ies)|headers?|subsystems?|source|places?|part|lines?|line of code)".to_owned()),
        ("<user>", "(?:who|what(?: else)?|which (?:other )?\\S+|what (?:other )?(?:functions?|methods?|files?|code|modules?|classes|types?|places?|parts?|drivers?|tests?|components?|structs?)|anyone|anybody|anything|(?:any|the|some) code)".to_owned()),
        ("<T>", "(?P<t>.+)".to_owned()),
    ]
    .iter()
    .fold(format!("(?i)^(?:{pattern})$"), |text, (short, long)| text.replace(short, long))
}

/// Patterns in short form, each with its reading.
pub const TABLE: &[(&str, Reading)] = &[
    // The whole repository.
    (
        r"(?:<show><me> )?<the>(?:(?:short|brief|quick|high[- ]level|general|architecture|code|repo(?:sitory)?|project) )*(?:overview|summary|tour|introduction|big picture)(?: (?:of|over|about|on|for) <repo>)?",
        overview,
    ),
    (
        r"(?:what|who)(?:'s| is| are) (?:<repo>|this (?:all )?(?:about|for)|(?:in )?<repo>(?: all)? (?:about|for|doing|good for)|here)",
        overview,
    ),
    (r"what does <repo> (?:do|contain|implement|provide|consist of|solve)", overview),
    (
        r"(?:explain|describe|summari[sz]e|outline|introduce|analy[sz]e|tell<me> about|walk<me> through|understand|map)(?: to me)? <repo>",
        overview,
    ),
    (
        r"how(?:'s| is| are) <repo> (?:organi[sz]ed|structured|laid out|arranged|split(?: up)?|set up|divided|architected|designed|layered)",
        overview,
    ),
    (r"how does <repo> work", overview),
    (
        r"(?:what(?:'s| is| are) |<show><me> |where(?:'s| is| are) |describe |explain )?<the>(?:(?:main|top[- ]level|most important|important|key|core|high[- ]level|overall|project|program|code|primary|different|biggest|major|general|public|repo|repository) )*(?:entry ?points?|architecture|structure|layout|organi[sz]ation|components?|parts?|modules?|building blocks|subsystems?|packages|crates|folders|directories|purpose|design|directory structure|folder structure|languages?)(?: (?:of|in|for|to) <repo>)?",
        overview,
    ),
    (r"where (?:do|should|can|must|does) (?:i|we|you|one|newcomers) (?:start|begin)(?: reading)?(?: .*)?", overview),
    (r"(?:what|which) (?:programming )?languages? (?:is|are|does|do) .*", overview),
    (r"(?:what|which) (?:kind|sort|type) of (?:project|program|software|repository|repo|code ?base) .*", overview),
    (r"readme|overview|architecture|help", overview),
    // Counts.
    (
        r"how many (?P<n>times|places|callers|uses|usages|users|references|call sites|calls|occurrences|mentions)(?: to| of| for| does| do| is| are| in the code is| in the code are| has| have| where| use| call| reference| there are)* <the>(?P<t>.+?)(?: (?:is |are |being )?(?:used|called|referenced|invoked|have|has|there|mentioned|needed|occur|appear))?",
        count,
    ),
    (
        r"how many (?P<n>files|functions|places|modules|callers|methods|tests)(?: \S+)? (?:use|call|reference|import|invoke|mention|include)s? (?P<t>.+)",
        |phrase, found| {
            let name = Subject::read(phrase, &found["t"]).names.into_iter().next()?;
            Some(Intent::Count { unit: Unit::Uses, of: Some(name), kinds: &[], scope: None })
        },
    ),
    (
        r"how often (?:is|are|do we|does the code|do they) (?:use |call )?<the>(?P<t>.+?)(?: used| called| referenced| invoked)?",
        |phrase, found| {
            let name = Subject::read(phrase, &found["t"]).names.into_iter().next()?;
            Some(Intent::Count { unit: Unit::Uses, of: Some(name), kinds: &[], scope: None })
        },
    ),
    (
        r"(?:how many|count(?: the)?|(?:the )?number of) (?P<n>lines) of (?P<l>rust|python|javascript|typescript|go|c\+\+|cpp|c|java|ruby|kotlin|swift|scala|php|shell|bash|lua|perl|html|css|json|toml|yaml|markdown|sql|assembly)(?: (?:source )?(?:code|source|files))?(?: are| is| does| do| has| have)?(?: there| exist)?(?: in)?(?: (?P<t>.+?))?(?: have| has| contain| there)?",
        count,
    ),
    (
        r"(?:how many|count(?: the)?|(?:the )?number of) (?P<l>rust|python|javascript|typescript|go|c\+\+|cpp|c|java|ruby|kotlin|swift|scala|php|shell|bash|lua|perl|html|css|json|toml|yaml|markdown|sql|assembly) (?P<n>lines)(?: of code)?(?: are| is| does| do| has| have)?(?: there| exist)?(?: in)?(?: (?P<t>.+?))?(?: have| has| contain| there)?",
        count,
    ),
    (
        r"how many (?P<n>lines) (?:of code )?(?:are |is )?(?:there )?(?:in |does |do |has |have )?(?P<t>.*?)(?: have| has| contain| there)?",
        count,
    ),
    (
        r"(?:how many|count(?: all)?(?: the| of the)?|(?:what(?:'s| is) )?(?:the )?(?:total )?number of) (?P<n>.+?)(?: are| is| does| do| can be found| exist)?(?: there)?(?: defined| declared| found)?(?: (?:in|of|to|under|inside|within|does|do|for|has|have|from) (?P<t>.+?))?(?: have| has| contain| define| there| exist)?",
        count,
    ),
    (r"how (?P<n>big|large|long)(?: is| are) (?P<t>.+)", count),
    // Text.
    (
        r"(?:where|who|what|which|how|find|in which|show|list|locate|search|look).*?\b(?:message|string|text|error|warning|log|literal|label|phrase|words?|output|line|lines|comment|comments|header|banner|prompt|title)s?\b (?:saying |with |containing |that says |that say |matching |reading |of |like )*(?P<t>[\u{E000}-\u{E0FF}].*)",
        quoted_text,
    ),
    (
        r"(?:grep|rg|search|find|look|scan|query|ack|ag)(?: me)?(?: for)? (?:the )?(?:all )?(?:regex|regexp|regular expression|pattern|text|string|literal|phrase|words?|lines?|matches|occurrences?|every occurrence|mentions?)(?: of| for| with| containing| matching| that match(?:es)?| that contain)? (?P<t>.+)",
        text,
    ),
    (
        r"(?:grep|rg|search|scan|ack|ag)(?: for| through the code for| the (?:code|repo|repository|source) for)? (?P<t>.+)",
        text,
    ),
    (
        r"(?:<show>|where(?:'s| is| are)|any|are there(?: any)?|what) <the>(?P<t>(?:TODO|FIXME|XXX|HACK|BUG|SAFETY)s?\b.*)",
        quoted_text,
    ),
    (
        r"(?:find|look for|<show><me>|which <holder>|what <holder>|lines?|any lines?|where)(?: (?:all|the|every|any|do|does|is|are|we))*(?: lines?| places?| files?)?(?: (?:that|which|where|with))?(?: contains?| mentions?| containing| mentioning| match(?:es|ing)?| says?| includes?| prints?| print| has| have)? (?P<t>[\u{E000}-\u{E0FF}].*?)(?: (?:is |are )?(?:mentioned|printed|occur|occurs|appear|appears|come from|comes from|emitted|logged|raised|thrown|generated|produced|found|written|output|shown|displayed))?",
        quoted_text,
    ),
    (r"(?:where|in (?:which|what) <holder>)(?:'s| is| are| does| do) (?P<t>.+?) (?:mentioned|occur|appear)", text),
    (
        r"(?:which|what) <holder> (?:mention|mentions|contain the (?:text|string|word)|contains the (?:text|string|word)) (?P<t>.+)",
        text,
    ),
    // Building, testing, running.
    (
        r"(?:how (?:do|can|should|could|would|must|does) (?:i|we|you|one|someone) |how to |(?:what|which) (?:command|commands) (?:to |do i |do we |can i )*(?:use to )?|(?:what|which)(?:'s| is) the (?:command|way) (?:to|for) |steps to |instructions (?:to|for) )(?P<v>build|compile|make|test|run|install|set ?up|configure|contribute to|contribute|lint|format|deploy|release|publish|start|launch|debug|use|bootstrap)(?:ing)?(?: and \S+)?(?: (?:<repo>|<the>tests?|<the>test ?suites?|<the>unit tests|<the>integration tests|<the>linter|<the>docs|<the>documentation|<the>benchmarks?|the kernel|linux|v8))?(?: (?:locally|from source|from scratch|in development|myself|on my machine))?",
        project,
    ),
    (
        r"(?:where(?:'s| is| are) |<show><me> )?<the>(?P<v>build|test|install(?:ation)?|setup|contribut(?:ing|ion)|release|deploy(?:ment)?|configuration|debug) (?:instructions?|steps?|guide|commands?|guidelines?|docs|documentation|process)",
        project,
    ),
    (
        r"(?P<v>build(?:ing)?|compil(?:e|ing)|test(?:ing)?|run(?:ning)?|install(?:ing|ation)?|setup|contributing)(?: <repo>|(?: the)? tests?)?",
        project,
    ),
    (
        r"(?:where(?:'s| is| are)|what(?:'s| is| are)) <the>(?P<v>tests?|test suite|unit tests|integration tests|licen[sc]e|dependencies|dependency list|third[- ]party (?:dependencies|libraries|code)|build system|ci configuration)(?: (?:of|for|in|to) <repo>)?",
        project,
    ),
    (
        r"(?:what|which) (?:third[- ]party |external )?(?P<v>dependencies|licen[sc]e|build system|test framework|test runner)(?: (?:does|do|is|are|has) .*)?",
        project,
    ),
    (
        r"(?:what|which) (?:libraries|packages|crates|frameworks) (?P<v>d)oes <repo> (?:use|depend on|need|require)",
        |_, _| Some(Intent::Project { topic: Topic::Dependencies }),
    ),
    (r"<repo>(?:'s)? (?P<v>dependencies|licen[sc]e|tests)", project),
    (
        r"(?:where|how|what)(?:'s| is| are| does)? <the>(?P<v>ci|continuous integration|pipelines?|workflows?|github actions)(?: (?:is|are|configured|set up|defined|run|runs|work|do|does|doing|checks?|jobs?|pipelines?|configuration|workflows?|located))*",
        project,
    ),
    (r"(?P<v>ci|continuous integration|github actions)(?: .{0,20})?", project),
    (r"(?:what|which)(?: \S+)? does (?P<v>ci) (?:run|do|check|test)", project),
    // Imports.
    (
        r"<user>(?: \S+)?(?: directly)? (?:imports?|includes?|depends? (?:up)?on|requires?|(?:is|are) (?:importing|including|depending on)) (?P<t>.+)",
        importers,
    ),
    (
        r"(?:does|do) (?:anything|anyone|something|any \S+) (?:else )?(?:import|include|depend (?:up)?on|require) (?P<t>.+)",
        importers,
    ),
    (
        r"(?:<show><me> )?<the>(?:importers|dependents|reverse dependencies|rdeps|includers|files that (?:import|include|depend on)) (?:of |on )?(?P<t>.+)",
        importers,
    ),
    (r"where(?: is| are|'s) (?P<t>.+?) (?:imported|included)(?: from)?", importers),
    (
        r"(?:what|which \S+|who|what \S+)(?: does| do| is| are) (?P<t>.+?) (?:import|include|depend on|depends on|require|importing|including|use)",
        |phrase, found| {
            let subject = subject_of(phrase, found);
            let place = subject.place || subject.names.iter().any(|name| looks_like_path(name));
            let uses = found.get(0).is_some_and(|all| all.as_str().to_lowercase().ends_with(" use"));
            if whole_repository(&found["t"]) {
                return Some(Intent::Project { topic: Topic::Dependencies });
            }
            if uses && !place { how(phrase, found) } else { imports(phrase, found) }
        },
    ),
    (
        r"(?:<show><me> )?(?:what(?:'s| is| are) )?<the>(?:imports|includes|dependencies|deps|headers included|modules imported) (?:of|in|for|by|from) (?P<t>.+)",
        imports,
    ),
    // Uses.
    (
        r"(?:what|which)(?: else| other)?(?: functions?| methods?| macros?| calls| code)?(?: does| do| did| will| is| are) (?P<t>.+?) (?:calls?|invokes?|calling|make|makes)(?: (?:in|inside|within|under|from) (?P<s>\S+))?",
        callees,
    ),
    (
        r"(?:<show><me> )?(?:what(?:'s| is| are) |which are )?<the>(?:callees|outgoing calls|(?:functions|methods|calls|everything|things)(?: that are)? (?:called by|made by|made in|called in|called from)) ?(?:of|from|for)? ?(?P<t>.+)",
        callees,
    ),
    (r"where(?:'s| is| are| was| were) (?P<t>.+?) (?:being )?(?:called|invoked)(?: from)?", calls),
    (
        r"where(?: do| does| did| can)(?: we| i| they| you| it| the code| this(?: code)?)? (?:call|invoke) (?P<t>.+)",
        calls,
    ),
    (
        r"where(?:'s| is| are| was| were) (?P<t>.+?) (?:set|assigned|written(?: to)?|modified|changed|updated|mutated|initiali[sz]ed)",
        |phrase, found| {
            let subject = subject_of(phrase, found);
            subject.names.iter().any(|name| is_code(name)).then(|| writes(phrase, found))?
        },
    ),
    (
        r"where(?:'s| is| are| was| were) (?P<t>.+?) (?:being )?(?:used|referenced|needed|consumed|instantiated|constructed|read|accessed|passed|applied|registered)(?: from)?",
        any_use,
    ),
    (
        r"where(?: do| does| did| can)(?: we| i| they| you| it| the code| this(?: code)?)? (?:use|reference|instantiate|access|need) (?P<t>.+)",
        any_use,
    ),
    (
        r"(?:who|what|which \S+|what (?:types?|structs?|class(?:es)?))(?: all)?(?: implement| implements| extend| extends| inherit from| inherits from| inherits| subclass| subclasses| derive from| derives from| overrides?) (?P<t>.+)",
        |phrase, found| {
            let file = found.get(0).is_some_and(|all| {
                let all = all.as_str().to_lowercase();
                all.contains(" implement")
                    && ["file", "module", "header", "crate", "package"]
                        .iter()
                        .any(|word| all.split(' ').nth(1).is_some_and(|second| second.trim_end_matches('s') == *word))
            });
            if file { definition(phrase, found) } else { implementers(phrase, found) }
        },
    ),
    (
        r"(?:<show><me> )?<the>(?:implementors|implementers|implementations|subclasses|sub-classes|impls|derived classes|children) of (?P<t>.+)",
        implementers,
    ),
    (
        r"(?:which|what|<show><me>|are there|where are)(?: any)? <the>(?:unit )?tests? (?:are there |exist )?(?:for|of|cover|covers|covering|exercise|exercises|that (?:cover|use|test|exercise)|call|use|test) (?P<t>.+)",
        tests_of,
    ),
    (r"(?:is|are|how is|how are|where is|where are) (?P<t>.+?) tested", tests_of),
    (
        r"<user>(?: directly| all| actually| in the code| in the kernel)? (?:calls?|invokes?|(?:is|are) (?:calling|invoking)) (?P<t>.+)",
        calls,
    ),
    (
        r"<user>(?: \S+)?(?: directly| all| actually)? (?:sets?|assigns?|writes?(?: to)?|modif(?:y|ies)|mutates?|changes?|updates?) (?P<t>.+)",
        |phrase, found| {
            let subject = subject_of(phrase, found);
            subject.names.iter().any(|name| is_code(name)).then(|| writes(phrase, found))?
        },
    ),
    (
        r"(?:does|do) (?:anyone|anybody|anything|any code|something|someone|somebody) (?:still )?(?:use|call|reference|need|invoke) (?P<t>.+)",
        any_use,
    ),
    (
        r"<user>(?: directly| all| actually| still| \S+)?(?: (?:use|uses|using|reference|references|refers? to|access|accesses|reads?|touch|touches|instantiates?|creates?|constructs?|consumes?|needs?|mentions?|returns?|takes?|accepts?)|(?:'s| is| are) (?:using|referencing|accessing|reading)) (?P<t>.+)",
        any_use,
    ),
    (
        r"(?:<show><me> )?(?:what(?:'s| is| are) |who are )?<the>(?:callers|call ?sites|call-sites|calls|invocations|places that call|functions (?:that call|calling)|code that calls) ?(?:of|to|for)? (?P<t>.+)",
        calls,
    ),
    (
        r"(?:<show><me> )?(?:what(?:'s| is| are) |who are )?<the>(?:usages?|uses|references|refs|users|consumers|places (?:that|where|which)(?: we)? use|code (?:that|which) uses|occurrences|instances) ?(?:of|to|for)? (?P<t>.+?)(?: (?:is|are) used)?",
        any_use,
    ),
    (r"(?P<t>\S+) callers", calls),
    (r"(?P<t>\S+) (?:usages?|references|refs|uses)", any_use),
    (
        r"(?:is|are) (?P<t>.+?) (?:still |ever |actually |even )?(?:used|unused|called|referenced|dead(?: code)?)(?: anywhere)?",
        any_use,
    ),
    (
        r"(?:how|when|why|how and where|where and how) (?:is|are|do (?:we|i|you)|should i|can i) (?:use )?(?P<t>.+?)(?: used| called| invoked)",
        any_use,
    ),
    (r"(?:how|where) (?P<t>.+?) (?:is|are) (?:used|called)", any_use),
    (
        r"(?:<show><me> )?<the>(?:examples?|samples?|demos?)(?: of| for)? (?:how to use|using|usage of|calling|of|for) (?P<t>.+)",
        any_use,
    ),
    (r"rename (?P<t>\S+)(?: to \S+)?", any_use),
    // What a place holds.
    (
        r"(?:what|which) (?P<n>\S+?)(?: does| do| is| are) (?P<t>.+?) (?:define|have|contain|export|declare|provide|hold|offer|expose)s?",
        contents,
    ),
    (
        r"(?:what|which|<show><me>|what(?:'s| is| are)|are there)(?: (?:any|me))* <the>(?:(?:public|private|exported|top[- ]level|main|defined|global) )*(?P<n>\S+)(?: are| is| exist| live)?(?: there| defined| declared| implemented| available| found| located)* (?:in|of|inside|under|within|from|that are in) (?P<t>.+)",
        |phrase, found| {
            let noun = found["n"].to_lowercase();
            if ["it", "this", "there", "that"].contains(&noun.as_str()) { None } else { contents(phrase, found) }
        },
    ),
    (
        r"(?:<show><me>|what(?:'s| is| are)?|which) <the>(?:(?:public|exported|top[- ]level|main) )*(?P<n>\S+s)(?: are| exist)?(?: there| defined| declared)*",
        |phrase, found| {
            if kinds(&found["n"]).is_none() && !found["n"].eq_ignore_ascii_case("files") {
                return None;
            }
            contents(phrase, found)
        },
    ),
    (
        r"what(?:'s| is| are| lives| sits| do we have| can i find| else is| all is)(?: there| defined| contained| located| stored)? (?:in|inside|under|within|at) (?P<t>.+)",
        contents,
    ),
    (
        r"what(?: does| do| did) (?P<t>.+?) (?:contain|hold|consist of|include|define|export|declare|provide|look like)",
        contents,
    ),
    (
        r"(?:<show><me> )?<the>(?:outline|contents?|structure|layout|listing|inventory|toc|symbols|definitions|members|api) (?:of|in|for) (?P<t>.+)",
        contents,
    ),
    (r"(?:outline|ls|tree|dir|toc) (?P<t>.+)", contents),
    (r"(?P<t>\S+) (?:outline|contents|structure|layout)", place),
    (r"(?:how(?:'s| is| are)) (?P<t>.+?) (?:organi[sz]ed|structured|laid out|arranged|split(?: up)?)", contents),
    (
        r"(?:what(?:'s| is| are)|describe|explain|summari[sz]e|list|show<me>|what does|open|tell<me> about|give<me>(?: a summary of| an overview of| a summary| an overview)?|overview (?:of|over)|summary of|cat|read|view|browse|tour of) (?P<t>.+?)(?: (?:do|for|about))?",
        place,
    ),
    (
        r"(?:<show><me> )?<the>(?:overview|summary|tour|purpose|description) (?:of|over|for|about) (?P<t>.+)",
        |phrase, found| place(phrase, found).or_else(|| what_is(phrase, found)),
    ),
    (
        r"<the>(?P<n>methods|fields|members|functions|properties|attributes|variants|structs|classes|enums|traits|interfaces|macros|constants|types|files) (?:of|in|for|on) (?P<t>.+)",
        contents,
    ),
    (
        r"(?:what|which) (?P<n>\S+?)(?: has| have| contains?| holds?) <the>(?P<t>(?:field|member|method|function|property|attribute|variant)s? .+)",
        definition,
    ),
    (r"(?:what|which) (?:type|kind|sort)(?: of \S+)?(?:'s| is| are) (?P<t>.+)", definition),
    // Where something is.
    (
        r"where (?:in|inside|under|within) (?P<s>.+?)(?: is| are|'s| do we find| can i find| does| do) (?P<t>.+?)(?: (?:defined|declared|implemented|located|found|living|live|written|created))?",
        |phrase, found| {
            let intent = definition(phrase, found)?;
            let scope = phrase.expand(found["s"].trim_start_matches("the "));
            Some(if looks_like_path(&scope) { limited(intent, scope) } else { intent })
        },
    ),
    (
        r"where(?:abouts)? (?:<the><def> (?:of|for) )?(?P<t>.+?) (?:is|are|was|were|gets?)(?: being)? (?:defined|declared|implemented|located|found|stored|kept|written|introduced|created|specified|set up)",
        definition,
    ),
    (r"where(?:abouts)? (?P<t>.+?) (?:is|are) (?:called|invoked)(?: from)?", calls),
    (r"where(?:abouts)? (?P<t>.+?) (?:is|are) (?:used|referenced)", any_use),
    (
        r"where(?:abouts)?(?:'s| is| are| was| were) (?:<the><def> (?:of|for) )?(?P<t>.+?)(?: (?:defined|declared|implemented|located|found|living|stored|kept|written|introduced|created|specified|coming from|placed|set up|hidden|hiding))+(?: (?:at|to be found|and (?:implemented|declared|defined|used)))?(?P<s> (?:in|inside|under|within) .+)?",
        |phrase, found| {
            let part = format!("{}{}", &found["t"], found.name("s").map_or("", |scope| scope.as_str()));
            defined(Subject::read(phrase, &part))
        },
    ),
    (
        r"where(?: does| do| did) (?:<the><def> (?:of|for) )?(?P<t>.+?) (?:live|reside|come from|originate|get defined|get declared|sit|stay|hide)",
        definition,
    ),
    (
        r"where(?: can| do| would| could| should| must| to)(?: i| we| one| you)? (?:find|look for|see|locate|get|look up|search for|define|declare|implement)(?: <the><def> (?:of|for))? (?P<t>.+)",
        definition,
    ),
    (r"where(?:abouts)?(?:'s| is| are) (?:<the><def> (?:of|for) )?(?P<t>.+)", definition),
    (
        r"(?:<show><me> |take me to |what(?:'s| is| are) )?<the>(?:(?:source|full) )?<def> (?:of|for) (?P<t>.+)",
        definition,
    ),
    (
        r"(?:which|what) <holder>(?: in \S+)? (?:(?:defines?|declares?|implements?|contains?|has|have|holds?|provides?|introduces?|creates?|is|are|hosts?)(?: the (?:home|definition|declaration|implementation|code|source) (?:of|for))?) (?P<t>.+?)(?: (?:defined|declared|implemented) in| in)?",
        definition,
    ),
    (
        r"(?:in|from|inside|under) (?:which|what) <holder>(?: is| are| was| do i find| can i find| does| do) (?P<t>.+?)(?: (?:defined|declared|implemented|located|found|live|lives|come from|written))?",
        definition,
    ),
    (r"(?:who|what)(?: defines?| declares?| provides?) (?P<t>.+)", definition),
    (r"(?:is|are) there (?:an?|any|some)? ?(?P<t>\S+ (?:named|called) .+)", definition),
    (r"(?:is|are) (?P<t>.+?) (?:defined|declared|implemented)(?: anywhere)?", definition),
    (r"does (?P<t>\S+(?: \S+)?) exist", definition),
    (r"(?P<t>.+?) is (?:defined|declared|implemented) where", definition),
    (r"<def>(?: of| for)? (?P<t>\S+)", definition),
    (r"(?P<t>\S+(?: \S+)?)(?:'s)? <def>", |phrase, found| {
        let subject = subject_of(phrase, found);
        subject.names.iter().any(|name| is_code(name)).then(|| definition(phrase, found))?
    }),
    (
        r"(?:what(?:'s| is| are)|<show><me>|list) <the>(?:signature|type|value|fields?|members?|parameters?|arguments?|args|return type|variants?|methods?|properties|attributes) (?:of|for) (?P<t>.+)",
        definition,
    ),
    (
        r"(?:what|which) (?:fields?|members?|parameters?|arguments?|args|variants?|methods?|properties|attributes)(?: does| do) (?P<t>.+?) (?:have|take|accept|contain|need|define)",
        definition,
    ),
    // How something works.
    (
        r"(?:how|why|when)(?: exactly)?(?: does| do| did| is| are| can| could| would| should| will| was| were|'s|'re) (?P<t>.+)",
        how,
    ),
    (r"how (?P<t>.+?) (?:works?|is done|is implemented|are handled|is handled)", how),
    (
        r"(?:explain|describe|clarify|elaborate(?: on)?|summari[sz]e|understand|discuss|walk<me> through|tell<me>(?: more)? about|help<me> understand)(?: to me| how| what| why)? (?P<t>.+?)(?: (?:works?|does|is|means))?",
        how,
    ),
    (
        r"what(?: does| do| did| is| are| will) (?P<t>.+?) (?:do|does|doing|mean|return|returns|represent|stand for|call|compute|handle|responsible for|good for|used for|about|for)(?: .*)?",
        how,
    ),
    (
        r"what(?:'s| is| are) <the>(?:purpose|role|point|meaning|responsibility|responsibilities|job|function|idea|reason|intent|goal|use) (?:of|for|behind) (?P<t>.+)",
        how,
    ),
    (r"what happens (?:when|if|after|before|during|in|at|on|inside) (?P<t>.+)", how),
    (r"what(?:'s| is| are) (?P<t>.+)", what_is),
    // A command and a name.
    (r"<show><me>(?: <the><def> of)? <the>(?P<t>.+)", code_definition),
];
