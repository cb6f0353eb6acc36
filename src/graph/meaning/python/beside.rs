//! Stub files beside the files that they describe: what is one thing in two files.

use super::infer::Infer;
use super::scopes::Var;
use super::tree::*;
use super::types::ClassRef;

/// Imports follow each other no further.
const HOPS: usize = 8;

impl Infer<'_, '_> {
    /// A variable, behind the imports that only hand it on.
    fn handed_on(&mut self, var: Var) -> Var {
        let mut var = var;
        for _ in 0..HOPS {
            let (module, bindings) = self.bindings(&var);
            let next = bindings.iter().find_map(|binding| match binding.bound {
                Bound::Import(import) if !module.imports[import].renamed => {
                    let import = &module.imports[import];
                    self.taken(&module, &import.module, import.name.as_ref()?)
                }
                _ => None,
            });
            match next {
                Some(next) if next != var && !self.module(next.module).stub => var = next,
                _ => return var,
            }
        }
        var
    }

    /// The same name of a module in stub files that describe it, or what a stub file's name describes.
    pub fn counterparts(&mut self, var: &Var) -> Vec<Var> {
        let path = self.module(var.module).path.clone();
        let at = |module: usize| Var { module, scope: 0, name: var.name.clone() };
        if let Some(stem) = path.strip_suffix(".pyi") {
            let Some(beside) = super::modules::of_path(self.program, &format!("{stem}.py")) else { return Vec::new() };
            let known = self.module(beside).scopes[0].bindings.contains_key(&*var.name);
            return if known { vec![self.handed_on(at(beside))] } else { Vec::new() };
        }
        let mut found = Vec::new();
        for path in self.python_files_with(&var.name) {
            let Some(stem) = path.strip_suffix(".pyi") else { continue };
            let described = super::modules::of_path(self.program, &format!("{stem}.py"));
            let (Some(stub), Some(described)) = (super::modules::of_path(self.program, &path), described) else {
                continue;
            };
            let has = |infer: &mut Self, module| infer.module(module).scopes[0].bindings.contains_key(&*var.name);
            if has(self, stub) && has(self, described) && self.handed_on(at(described)) == *var {
                found.push(at(stub));
            }
        }
        found
    }

    /// The same class in stub files that describe it, or the one that a stub file describes.
    pub fn class_counterparts(&mut self, class: ClassRef) -> Vec<ClassRef> {
        let module = self.module(class.module);
        let definition = &module.classes[class.class];
        if definition.outer != 0 || module.stub {
            return Vec::new();
        }
        let var = Var { module: class.module, scope: 0, name: module.slice(definition.name).into() };
        let mut found = Vec::new();
        for other in self.counterparts(&var) {
            let (_, bindings) = self.bindings(&other);
            for binding in bindings {
                if let Bound::Class(class) = binding.bound {
                    found.push(ClassRef { module: other.module, class });
                }
            }
        }
        found
    }
}
