//! What happens on the way to a place: the tests and assignments that a reference passes.

use super::engine::Engine;
use super::tree::{At, Id, is_function};
use super::unit::VALUE;

/// Something that happened on the way to a place.
pub(super) enum Step {
    Tested(Id, bool),
    /// One of the values of a `switch`, or none of them.
    Case {
        value: Id,
        cases: Vec<Id>,
        among: bool,
    },
    Assigned(Id),
    /// A call that returns only if something holds.
    Asserted(Id),
    /// It may have changed.
    Lost,
}

/// Statements that are looked at on the way.
const STEPS: usize = 400;

impl Engine<'_, '_> {
    /// What happened on the way to a place, the last first.
    pub fn steps(&mut self, at: At, reference: &str) -> Vec<Step> {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let root = reference.split('.').next().unwrap_or(reference);
        let speaks = |node: Id| unit.slice(node).contains(root);
        let mut steps = Vec::new();
        let mut below = at.node;
        let mut looked = 0;
        for up in tree.above(at.node) {
            let role = tree.role(below);
            let kind = unit.kind(up);
            match kind {
                "if_statement" | "ternary_expression" => {
                    if let Some(condition) = tree.field(up, "condition").filter(|condition| speaks(*condition)) {
                        match role {
                            "consequence" => steps.push(Step::Tested(condition, true)),
                            "alternative" => steps.push(Step::Tested(condition, false)),
                            _ => {}
                        }
                    }
                }
                "binary_expression" if role == "right" => {
                    let left = tree.field(up, "left").filter(|left| speaks(*left));
                    let operator = tree.field(up, "operator").map_or("", |operator| unit.slice(operator));
                    match (operator, left) {
                        ("&&", Some(left)) => steps.push(Step::Tested(left, true)),
                        ("||", Some(left)) => steps.push(Step::Tested(left, false)),
                        _ => {}
                    }
                }
                "while_statement" | "for_statement" if role == "body" || role == "increment" => {
                    if let Some(condition) = tree.field(up, "condition").filter(|condition| speaks(*condition)) {
                        steps.push(Step::Tested(condition, true));
                    }
                }
                "statement_block" | "program" | "switch_case" | "switch_default" => {
                    if kind.starts_with("switch") && role == "body" {
                        steps.extend(self.case(at.unit, up).filter(|step| match step {
                            Step::Case { value, .. } => speaks(*value) || unit.slice(*value) == "true",
                            _ => true,
                        }));
                    }
                    let before: Vec<Id> = tree.named(up).take_while(|node| *node < below).collect();
                    for statement in before.into_iter().rev() {
                        looked += 1;
                        if looked > STEPS {
                            return steps;
                        }
                        if !speaks(statement) || (kind.starts_with("switch") && tree.role(statement) == "value") {
                            continue;
                        }
                        if self.passed(at.unit, statement, reference, &mut steps) {
                            return steps;
                        }
                    }
                }
                _ => {}
            }
            if is_function(kind) && !self.keeps(at, up, root, reference) {
                return steps;
            }
            below = up;
        }
        steps
    }

    /// Whether a name cannot change inside of a function that is called later.
    fn keeps(&mut self, at: At, function: Id, root: &str, reference: &str) -> bool {
        if root != reference || root == "this" {
            return false;
        }
        let unit = self.unit(at.unit);
        let Some((scope, id)) = unit.lookup(at.node, root, VALUE) else { return false };
        if unit.tree.is_within(scope, function) {
            return false;
        }
        let constant = unit.symbols[id as usize].names.iter().all(|(name, _)| {
            let list = unit.tree.around(*name, |kind| kind.ends_with("_declaration"));
            list.is_some_and(|list| unit.tree.has(list, "const"))
        });
        constant || is_function(unit.kind(scope))
    }

    /// What a statement that was passed says. Whether nothing before it counts.
    fn passed(&mut self, number: u32, statement: Id, reference: &str, steps: &mut Vec<Step>) -> bool {
        let unit = self.unit(number);
        let tree = &unit.tree;
        match unit.kind(statement) {
            "if_statement" => {
                let condition = tree.field(statement, "condition");
                let consequence = tree.field(statement, "consequence");
                let alternative = tree.field(statement, "alternative");
                if let (Some(condition), Some(consequence)) = (condition, consequence) {
                    let first = self.leaves(number, consequence);
                    let other = alternative.is_some_and(|node| self.leaves(number, node));
                    if first && !other {
                        let changed = alternative.is_some_and(|other| self.changes(number, other, reference));
                        steps.push(if changed { Step::Lost } else { Step::Tested(condition, false) });
                        return changed;
                    }
                    if other {
                        if self.changes(number, consequence, reference) {
                            steps.push(Step::Lost);
                            return true;
                        }
                        steps.push(Step::Tested(condition, true));
                        return false;
                    }
                }
            }
            "expression_statement" => {
                let Some(inner) = tree.first(statement) else { return false };
                match unit.kind(inner) {
                    "assignment_expression" => {
                        let left = tree.field(inner, "left").map(|left| unit.slice(left));
                        if left.and_then(plain).as_deref() == Some(reference)
                            && let Some(right) = tree.field(inner, "right")
                        {
                            steps.push(Step::Assigned(right));
                            return true;
                        }
                    }
                    "call_expression" => {
                        steps.push(Step::Asserted(inner));
                        return false;
                    }
                    _ => {}
                }
            }
            "lexical_declaration" | "variable_declaration" => {
                let declared = tree.named(statement).find(|one| {
                    let name = tree.field(*one, "name").map(|name| unit.slice(name));
                    name == Some(reference) && tree.field(*one, "type").is_some()
                });
                if let Some(value) = declared.and_then(|one| tree.field(one, "value")) {
                    steps.push(Step::Assigned(value));
                    return true;
                }
                return false;
            }
            "function_declaration" | "class_declaration" | "export_statement" => return false,
            _ => {}
        }
        if self.changes(number, statement, reference) {
            steps.push(Step::Lost);
            return true;
        }
        false
    }

    fn changes(&mut self, number: u32, statement: Id, reference: &str) -> bool {
        let unit = self.unit(number);
        let mut found = std::iter::once(statement).chain(unit.tree.below(statement));
        found.any(|node| {
            let left = unit.tree.field(node, "left").filter(|_| unit.kind(node) == "assignment_expression");
            let left = left.and_then(|left| plain(unit.slice(left)));
            // What holds it may be another one now, too.
            left.and_then(|left| reference.strip_prefix(left.as_str()))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether nothing behind a statement is reached through it.
    fn leaves(&mut self, number: u32, statement: Id) -> bool {
        let unit = self.unit(number);
        match unit.kind(statement) {
            "return_statement" | "throw_statement" | "continue_statement" | "break_statement" => true,
            "statement_block" | "else_clause" => {
                unit.tree.named(statement).last().is_some_and(|last| self.leaves(number, last))
            }
            "if_statement" => {
                let both = [unit.tree.field(statement, "consequence"), unit.tree.field(statement, "alternative")];
                both.into_iter().all(|branch| branch.is_some_and(|branch| self.leaves(number, branch)))
            }
            _ => false,
        }
    }

    fn case(&mut self, number: u32, case: Id) -> Option<Step> {
        let unit = self.unit(number);
        let tree = &unit.tree;
        let body = tree.parent(case)?;
        let switch = tree.parent(body)?;
        let value = tree.field(switch, "value")?;
        let all: Vec<Id> = tree.named(body).collect();
        if unit.kind(case) == "switch_default" {
            let cases = all.iter().filter_map(|one| tree.field(*one, "value")).collect();
            return Some(Step::Case { value, cases, among: false });
        }
        let index = all.iter().position(|one| *one == case)?;
        let mut cases = vec![tree.field(case, "value")?];
        for before in all[..index].iter().rev() {
            let last = tree.named(*before).filter(|node| tree.role(*node) == "body").last();
            if last.is_some_and(|last| self.leaves(number, last)) {
                break;
            }
            cases.extend(tree.field(*before, "value"));
        }
        Some(Step::Case { value, cases, among: true })
    }
}

/// A reference without what does not change what it names; `None` for what is none.
pub(super) fn plain(text: &str) -> Option<String> {
    let text = text.trim_start_matches('(').trim_end_matches(')').replace("?.", ".").replace('!', "");
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '#');
    (!text.is_empty() && text.len() < 200 && text.chars().all(fits)).then_some(text)
}
