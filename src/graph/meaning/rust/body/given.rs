//! What a macro of the program gives: what all of its rules agree on.

use std::cell::Cell;
use std::sync::PoisonError;

use super::super::convert::Records;
use super::super::hir::{DefId, Expr, ExprKind, Item};
use super::super::ty::Ty;
use super::super::universe::Universe;
use super::Body;

/// Macros in rules of macros that are followed.
const DEEPEST: usize = 3;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

impl Body<'_> {
    /// The type of an invocation of one of these, which are twins.
    pub(super) fn given(&mut self, macros: &[DefId], wanted: &Ty) -> Ty {
        let mut found = Ty::Never;
        for id in macros {
            let Item::Macro { rules } = &self.u.def(*id).item else { continue };
            for rule in rules {
                let one = of_rule(self.u, DefId { file: id.file, index: *rule });
                found = agreed(found, one);
            }
        }
        if matches!(found, Ty::Unknown | Ty::Never) {
            return Ty::Unknown;
        }
        let found = self.open(&found);
        self.expect(&found, wanted);
        found
    }

    /// The type of the code of a rule, with nothing known of what depends on its fragments.
    fn value(mut self, code: &Expr) -> Ty {
        let found = match &code.kind {
            ExprKind::Several(all) => match &all[..] {
                [one] => self.expr(one, &Ty::Unknown),
                _ => Ty::Unknown,
            },
            _ => self.expr(code, &Ty::Unknown),
        };
        self.s.settle();
        let found = self.s.table.deep(&found);
        found.map(&mut |ty| matches!(ty, Ty::Var(_)).then_some(Ty::Unknown))
    }
}

fn of_rule(u: &Universe, rule: DefId) -> Ty {
    let lock = || u.given.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(&rule) {
        return known.clone();
    }
    let depth = DEPTH.get();
    let Item::Loose(code) = &u.def(rule).item else { return Ty::Unknown };
    if depth >= DEEPEST {
        return Ty::Unknown;
    }
    DEPTH.set(depth + 1);
    let scratch = Records::default();
    let found = Body::new(u, rule, &scratch).value(code);
    DEPTH.set(depth);
    // What was cut off further down is found out anew.
    if depth == 0 {
        lock().insert(rule, found.clone());
    }
    found
}

fn agreed(one: Ty, other: Ty) -> Ty {
    match (one, other) {
        (Ty::Never, known) | (known, Ty::Never) => known,
        (Ty::Adt(a, xs), Ty::Adt(b, ys)) if a == b => {
            let same = |(x, y): (&Ty, &Ty)| if x == y { x.clone() } else { Ty::Unknown };
            Ty::Adt(a, xs.iter().zip(ys.iter()).map(same).collect())
        }
        (one, other) if one == other => one,
        _ => Ty::Unknown,
    }
}
