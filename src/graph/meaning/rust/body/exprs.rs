//! Expressions and statements: their types, in the order in which they are written.

use super::super::super::Shape;
use super::super::convert::Res;
use super::super::hir::{Block, DefId, Expr, ExprKind, Literal, NOWHERE, Name, Operator, Path, Statement};
use super::super::ty::{Ty, VarKind};
use super::{Body, Deferred};

impl Body<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, wanted: &Ty) -> Ty {
        self.depth += 1;
        let found = if self.depth < super::DEEPEST { self.kind(expr, wanted) } else { Ty::Unknown };
        self.depth -= 1;
        if found == Ty::Unknown { self.s.table.fresh() } else { found }
    }

    fn free(&mut self, expr: &Expr) -> Ty {
        self.expr(expr, &Ty::Unknown)
    }

    fn all(&mut self, exprs: &[Expr]) {
        for expr in exprs {
            self.free(expr);
        }
    }

    fn kind(&mut self, expr: &Expr, wanted: &Ty) -> Ty {
        match &expr.kind {
            ExprKind::Path(path) => self.value_path(path, wanted),
            ExprKind::Literal(literal) => self.literal(*literal),
            ExprKind::Call(function, args) => self.call(function, args, wanted),
            ExprKind::Method(receiver, segment, args) => self.method_call(receiver, segment, args, wanted),
            ExprKind::Field(value, name) => {
                let found = self.free(value);
                let found = self.known(&found);
                self.field_of(&found, name)
            }
            ExprKind::Index(value, index) => self.index(value, index),
            ExprKind::Unary(operator, value) => self.unary(*operator, value, wanted),
            ExprKind::Binary(operator, left, right) => self.binary(operator, left, right, wanted),
            ExprKind::Assign(left, right) => {
                let found = self.free(left);
                let value = self.expr(right, &found);
                self.s.coerce(&value, &found);
                Ty::unit()
            }
            ExprKind::Cast(value, ty) => {
                self.free(value);
                self.ty(ty)
            }
            ExprKind::Ref(value) => {
                let inner = match self.s.shallow(wanted) {
                    Ty::Ref(inner) => (*inner).clone(),
                    _ => Ty::Unknown,
                };
                // What is behind a reference may still be dereferenced to fit.
                let inner = match self.s.shallow(&inner) {
                    Ty::Slice(_) | Ty::Prim("str") | Ty::Dyn(_) => Ty::Unknown,
                    known => known,
                };
                self.expr(value, &inner).reference()
            }
            ExprKind::Try(value) => {
                let found = self.free(value);
                let found = self.known(&found);
                match &found {
                    Ty::Adt(id, args)
                        if self.is_std(*id, &["option", "Option"]) || self.is_std(*id, &["result", "Result"]) =>
                    {
                        args.first().cloned().unwrap_or(Ty::Unknown)
                    }
                    _ => Ty::Unknown,
                }
            }
            ExprKind::Await(value) => {
                let found = self.free(value);
                self.projected(&found, &["future", "Future"], "Output")
            }
            ExprKind::Tuple(all) => {
                let wanted = match self.s.shallow(wanted) {
                    Ty::Tuple(wanted) if wanted.len() == all.len() => wanted.to_vec(),
                    _ => vec![Ty::Unknown; all.len()],
                };
                Ty::Tuple(all.iter().zip(&wanted).map(|(expr, wanted)| self.part(expr, wanted)).collect())
            }
            ExprKind::Array(all) => {
                let element = self.element(wanted);
                for expr in all {
                    let found = self.expr(expr, &element);
                    self.s.coerce(&found, &element);
                }
                Ty::Array(element.into())
            }
            ExprKind::Repeat(value, length) => {
                let element = self.element(wanted);
                let found = self.expr(value, &element);
                self.s.coerce(&found, &element);
                self.expr(length, &Ty::Prim("usize"));
                Ty::Array(element.into())
            }
            ExprKind::Range(operator, left, right) => {
                let element = self.s.table.fresh();
                for end in [left, right].into_iter().flatten() {
                    let found = self.expr(end, &element);
                    self.s.try_unify(&found, &element);
                }
                let name = match (&**operator, left, right) {
                    ("..=", Some(_), _) => "RangeInclusive",
                    ("..=", None, _) => "RangeToInclusive",
                    (_, Some(_), Some(_)) => "Range",
                    (_, Some(_), None) => "RangeFrom",
                    (_, None, Some(_)) => "RangeTo",
                    (_, None, None) => "RangeFull",
                };
                self.std_ty(&["ops", name], vec![element])
            }
            ExprKind::Struct(path, fields, base) => self.structure_value(path, fields, base.as_deref(), wanted),
            ExprKind::Block(block) => self.block(block, wanted),
            ExprKind::Async(body) => {
                let output = self.s.table.fresh();
                let outer = std::mem::replace(&mut self.result, output.clone());
                let found = self.free(body);
                self.s.coerce(&found, &output);
                self.result = outer;
                self.u.future(output)
            }
            ExprKind::If(condition, then, other) => {
                let locals = self.locals.len();
                self.expr(condition, &Self::bool());
                let found = self.expr(then, wanted);
                self.locals.truncate(locals);
                match other {
                    Some(other) => {
                        let found_other = self.expr(other, wanted);
                        self.either(found, found_other)
                    }
                    None => Ty::unit(),
                }
            }
            ExprKind::Let(pat, value) => {
                let found = self.free(value);
                let found = self.known(&found);
                self.pat(pat, &found);
                Self::bool()
            }
            ExprKind::Match(value, arms) => {
                let found = self.free(value);
                let found = self.known(&found);
                let mut result = Ty::Never;
                for (pat, guard, body) in arms {
                    let locals = self.locals.len();
                    self.pat(pat, &found);
                    if let Some(guard) = guard {
                        self.expr(guard, &Self::bool());
                    }
                    let arm = self.expr(body, wanted);
                    self.locals.truncate(locals);
                    result = self.either(result, arm);
                }
                result
            }
            ExprKind::For(pat, value, body) => {
                let found = self.free(value);
                let found = self.known(&found);
                let item = self.projected(&found, &["iter", "IntoIterator"], "Item");
                let locals = self.locals.len();
                self.pat(pat, &item);
                self.looped(body);
                self.locals.truncate(locals);
                Ty::unit()
            }
            ExprKind::While(condition, body) => {
                let locals = self.locals.len();
                self.expr(condition, &Self::bool());
                self.looped(body);
                self.locals.truncate(locals);
                Ty::unit()
            }
            ExprKind::Loop(body) => {
                let result = self.s.table.fresh();
                self.broken.push(result.clone());
                self.free(body);
                self.broken.pop();
                result
            }
            ExprKind::Closure(params, result, body) => self.closure(params, result.as_ref(), body, wanted),
            ExprKind::Return(value) => {
                if let Some(value) = value {
                    let wanted = self.result.clone();
                    let found = self.expr(value, &wanted);
                    self.s.coerce(&found, &wanted);
                }
                Ty::Never
            }
            ExprKind::Break(value) => {
                if let Some(value) = value {
                    let wanted = self.broken.last().cloned().unwrap_or(Ty::Unknown);
                    let found = self.expr(value, &wanted);
                    self.s.try_unify(&found, &wanted);
                }
                Ty::Never
            }
            ExprKind::Continue => Ty::Never,
            ExprKind::Macro(path, args) => self.invocation(path, args, wanted),
            ExprKind::Several(all) => {
                self.all(all);
                Ty::Unknown
            }
            ExprKind::Missing => Ty::Unknown,
        }
    }

    /// An expression that may be made fit where it is wanted.
    fn part(&mut self, expr: &Expr, wanted: &Ty) -> Ty {
        let found = self.expr(expr, wanted);
        let known = self.s.shallow(wanted);
        if matches!(known, Ty::Unknown | Ty::Var(_)) {
            return found;
        }
        self.s.coerce(&found, &known);
        known
    }

    fn element(&mut self, wanted: &Ty) -> Ty {
        match self.s.shallow(wanted) {
            Ty::Array(element) | Ty::Slice(element) => (*element).clone(),
            _ => self.s.table.fresh(),
        }
    }

    fn looped(&mut self, body: &Expr) {
        self.broken.push(Ty::Unknown);
        self.free(body);
        self.broken.pop();
    }

    /// What two branches give.
    fn either(&mut self, one: Ty, other: Ty) -> Ty {
        let (known, found) = (self.s.shallow(&one), self.s.shallow(&other));
        if matches!(known, Ty::Never) {
            return other;
        }
        if !matches!(found, Ty::Never) {
            self.s.coerce(&other, &one);
        }
        one
    }

    fn literal(&mut self, literal: Literal) -> Ty {
        match literal {
            Literal::Str => Self::str_ref(),
            Literal::Bytes => Ty::Array(Ty::Prim("u8").into()).reference(),
            Literal::Char => Ty::Prim("char"),
            Literal::Bool => Self::bool(),
            Literal::Int(Some(name)) | Literal::Float(Some(name)) => Ty::Prim(name),
            Literal::Int(None) => self.s.table.fresh_of(VarKind::Int),
            Literal::Float(None) => self.s.table.fresh_of(VarKind::Float),
        }
    }

    fn field_of(&mut self, found: &Ty, name: &Name) -> Ty {
        let last = self.s.derefs(found).pop().unwrap_or(Ty::Unknown);
        if matches!(last, Ty::Var(at) if self.s.table.kind(at) == VarKind::Any) {
            let result = self.s.table.fresh();
            let segment =
                super::super::hir::Segment { name: name.clone(), args: Vec::new(), bindings: Vec::new(), sugar: None };
            self.deferred.push(Deferred { receiver: found.clone(), segment, args: None, result: result.clone() });
            return result;
        }
        self.field(found, name)
    }

    fn index(&mut self, value: &Expr, index: &Expr) -> Ty {
        let found = self.free(value);
        let found = self.known(&found);
        let by = self.free(index);
        let by = self.s.shallow(&by);
        let is_range =
            matches!(&by, Ty::Adt(id, _) if self.u.is_stub(*id) && self.u.def(*id).name.word.starts_with("Range"));
        for step in self.s.derefs(&found) {
            match &step {
                Ty::Slice(element) | Ty::Array(element) => {
                    if is_range {
                        return Ty::Slice(element.clone());
                    }
                    self.s.try_unify(&by, &Ty::Prim("usize"));
                    return (**element).clone();
                }
                Ty::Prim("str") => return step,
                Ty::Adt(..) | Ty::Param(_) | Ty::Opaque(_) | Ty::Assoc(..) => {
                    let Some(of) = self.u.std_item(&["ops", "Index"]) else { continue };
                    let Some(id) = self.u.member(of, "Output") else { continue };
                    let args = [by.clone()];
                    let mark = self.s.table.mark();
                    match self.s.implements(&step, of, &args, 0) {
                        super::super::traits::Answer::Yes(_) => {
                            return self.s.normal(&Ty::Assoc(step.into(), id, args.to_vec().into()), 0);
                        }
                        _ => self.s.table.back(mark),
                    }
                }
                _ => {}
            }
        }
        Ty::Unknown
    }

    fn unary(&mut self, operator: Operator, value: &Expr, wanted: &Ty) -> Ty {
        if operator == Operator::Deref {
            let found = self.free(value);
            let found = self.known(&found);
            return self.s.deref(&found).unwrap_or(Ty::Unknown);
        }
        let found = self.expr(value, wanted);
        let known = self.s.shallow(&found);
        match &known {
            Ty::Adt(..) | Ty::Param(_) => {
                let path = if operator == Operator::Neg { ["ops", "Neg"] } else { ["ops", "Not"] };
                self.projected(&known, &path, "Output")
            }
            Ty::Ref(inner) => (**inner).clone(),
            _ => known,
        }
    }

    fn binary(&mut self, operator: &str, left: &Expr, right: &Expr, wanted: &Ty) -> Ty {
        if matches!(operator, "&&" | "||") {
            self.expr(left, &Self::bool());
            self.expr(right, &Self::bool());
            return Self::bool();
        }
        let is_comparison = matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=");
        let is_assignment = !is_comparison && operator.ends_with('=');
        let is_shift = operator.starts_with("<<") || operator.starts_with(">>");
        let wanted = if is_comparison || is_assignment { &Ty::Unknown } else { wanted };
        let hint = match self.s.shallow(wanted) {
            known @ Ty::Prim(_) => known,
            _ => Ty::Unknown,
        };
        let one = self.expr(left, &hint);
        let one = self.known(&one);
        let plain = |ty: &Ty| matches!(ty, Ty::Prim(_) | Ty::Var(_));
        let other = self.expr(right, if is_shift { &Ty::Unknown } else { &one });
        let other = self.known(&other);
        let below = |this: &mut Self, ty: &Ty| match ty {
            Ty::Ref(inner) => this.s.shallow(inner),
            other => other.clone(),
        };
        let (a, b) = (below(self, &one), below(self, &other));
        if !is_shift
            && (plain(&a) && plain(&b))
            && (is_comparison || matches!((&a, &b), (Ty::Prim(_), _) | (_, Ty::Prim(_)) | (Ty::Var(_), Ty::Var(_))))
        {
            self.s.try_unify(&a, &b);
        } else if is_comparison {
            self.s.try_unify(&one, &other);
        }
        if is_comparison {
            return Self::bool();
        }
        if is_assignment {
            return Ty::unit();
        }
        if plain(&a) {
            return a;
        }
        let name = match operator {
            "+" => "Add",
            "-" => "Sub",
            "*" => "Mul",
            "/" => "Div",
            "%" => "Rem",
            "&" => "BitAnd",
            "|" => "BitOr",
            "^" => "BitXor",
            "<<" => "Shl",
            _ => "Shr",
        };
        let Some(of) = self.u.std_item(&["ops", name]) else { return Ty::Unknown };
        let Some(id) = self.u.member(of, "Output") else { return Ty::Unknown };
        let args = [other];
        if let super::super::traits::Answer::Yes(_) = self.s.implements(&one, of, &args, 0) {
            return self.s.normal(&Ty::Assoc(one.into(), id, args.to_vec().into()), 0);
        }
        Ty::Unknown
    }

    fn structure_value(
        &mut self,
        path: &Path,
        fields: &[(Name, Option<Expr>)],
        base: Option<&Expr>,
        wanted: &Ty,
    ) -> Ty {
        let (of, found) = self.structure(path);
        self.expect(&found, wanted);
        for (name, value) in fields {
            let field = self.named_field(of, &found, name, value.is_none());
            match value {
                Some(value) => {
                    let given = self.expr(value, &field);
                    self.s.coerce(&given, &field);
                }
                None => {
                    let given = self.shorthand(name);
                    self.s.coerce(&given, &field);
                }
            }
        }
        if let Some(base) = base {
            let given = self.expr(base, &found);
            self.s.try_unify(&given, &found);
        }
        found
    }

    /// The value that a field's name alone stands for.
    fn shorthand(&mut self, name: &Name) -> Ty {
        let Some(records) = self.scene.records else { return Ty::Unknown };
        // Looked up apart, since it is the second half of the word.
        let hidden = Name { word: name.word.clone(), at: NOWHERE };
        if let Some(local) = self.locals.iter().rev().find(|local| local.word == name.word) {
            records.put(name.at, Shape::Value, Res::At(self.scene.owner.file, local.at));
            return local.ty.clone();
        }
        let hits = self.u.first(self.scene.scope, &hidden.word, super::super::resolve::Space::Value, 0);
        records.put(name.at, Shape::Value, super::super::convert::meant(self.u, name, &hits));
        self.hits_value(&hits, &[])
    }

    pub(super) fn block(&mut self, block: &Block, wanted: &Ty) -> Ty {
        let locals = self.locals.len();
        let scope = self.scene.scope;
        if let Some(index) = block.scope {
            self.scene.scope = super::super::hir::DefId { file: self.scene.owner.file, index };
        }
        let mut never = false;
        for statement in &block.statements {
            match statement {
                Statement::Let(parts) => {
                    let (pat, ty, value, other) = &**parts;
                    let declared = match ty {
                        Some(ty) => self.ty(ty),
                        None => Ty::Unknown,
                    };
                    let mut found = declared.clone();
                    if let Some(value) = value {
                        let given = self.expr(value, &declared);
                        if declared == Ty::Unknown {
                            found = given;
                        } else {
                            self.s.coerce(&given, &declared);
                        }
                    }
                    if let Some(other) = other {
                        self.free(other);
                    }
                    if found == Ty::Unknown {
                        found = self.s.table.fresh();
                    }
                    self.pat(pat, &found);
                }
                Statement::Expr(expr) => {
                    let found = self.free(expr);
                    never |= matches!(self.s.table.shallow(&found), Ty::Never);
                }
            }
        }
        let found = match &block.tail {
            Some(tail) => self.expr(tail, wanted),
            None if never => Ty::Never,
            None => Ty::unit(),
        };
        self.locals.truncate(locals);
        self.scene.scope = scope;
        found
    }

    fn invocation(&mut self, path: &Path, args: &[Expr], wanted: &Ty) -> Ty {
        let Some(last) = path.segments.last() else {
            self.all(args);
            return Ty::Unknown;
        };
        let ours = self.macro_name(path);
        let is_ours = ours.is_some();
        let word = &*last.name.word;
        if word == "vec" && !is_ours {
            let element = match self.s.shallow(wanted) {
                Ty::Adt(id, args) if self.is_std(id, &["vec", "Vec"]) => args.first().cloned().unwrap_or(Ty::Unknown),
                _ => Ty::Unknown,
            };
            let mut found = Ty::Unknown;
            for arg in args {
                let wanted = Ty::Array(self.s.shallow(&element).into());
                found = self.expr(arg, &wanted);
            }
            let element = match self.s.shallow(&found) {
                Ty::Array(element) => (*element).clone(),
                _ => element,
            };
            return self.std_ty(&["vec", "Vec"], vec![element]);
        }
        if word == "dbg" && args.len() == 1 && !is_ours {
            return self.expr(&args[0], wanted);
        }
        let locals = self.locals.len();
        self.all(args);
        self.locals.truncate(locals);
        if let Some(ours) = ours {
            return self.given(&ours, wanted);
        }
        match word {
            "format" => self.std_ty(&["string", "String"], Vec::new()),
            "write" | "writeln" => {
                let error = self.std_ty(&["fmt", "Error"], Vec::new());
                self.std_ty(&["result", "Result"], vec![Ty::unit(), error])
            }
            "matches" | "cfg" => Self::bool(),
            "concat" | "stringify" | "env" | "include_str" | "file" | "module_path" => Self::str_ref(),
            "line" | "column" => Ty::Prim("u32"),
            "panic" | "unreachable" | "todo" | "unimplemented" => Ty::Never,
            "println" | "print" | "eprintln" | "eprint" | "assert" | "assert_eq" | "assert_ne" | "debug_assert"
            | "debug_assert_eq" | "debug_assert_ne" => Ty::unit(),
            _ => Ty::Unknown,
        }
    }

    /// Records what the name of a macro means: the definitions, if it is one of ours.
    fn macro_name(&mut self, path: &Path) -> Option<Vec<DefId>> {
        use super::super::resolve::{Space, Target};
        let last = path.segments.last()?;
        let hits = self.scene.walk(path, path.segments.len(), Space::Macro);
        let mut ours: Vec<_> = hits
            .iter()
            .filter_map(|hit| if let Target::Def(id) = hit.target { Some(id) } else { None })
            .filter(|id| !self.u.is_stub(*id))
            .collect();
        if hits.iter().any(|hit| hit.alias.is_some()) {
            return Some(ours);
        }
        // Those without a path are known from where they stand on, in the modules below too; exported ones by the crate.
        if ours.is_empty()
            && let Some(named) = self.u.macros.get(&*last.name.word)
        {
            let root = self.u.root(self.scene.scope);
            ours = named.iter().copied().filter(|id| self.u.root(self.u.scope(*id)) == root).collect();
            if ours.is_empty() && path.segments.len() > 1 {
                ours.clone_from(named);
            }
        }
        let res = if ours.is_empty() { Res::Outside } else { Res::Defs(ours.clone()) };
        if let Some(records) = self.scene.records {
            records.0.borrow_mut().remove(&last.name.at);
        }
        self.scene.put(&last.name, res);
        (!ours.is_empty()).then_some(ours)
    }
}
