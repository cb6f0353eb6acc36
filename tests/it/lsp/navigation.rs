//! Definitions, references and highlights in several languages.

use serde_json::{Value, json};

use super::scene::Scene;

const DEFINITION: &str = "textDocument/definition";
const REFERENCES: &str = "textDocument/references";

const RUST: &str = r"
//- src/lib.rs
mod shape;
use shape::{Shape, ar$1ea};

pub fn total(shapes: &[Shape$2]) -> u32 {
    shapes.iter().map(|shape| are$3a(shape) + shape.ed$4ges()).sum()
}

fn wi$5dth() -> u32 {
    Shape::ne$6w(1).width() + widt$7h()
}
//- src/shape.rs
/// A thing with edges.
pub struct Shape {
    width: u32,
}

impl Shape {
    pub fn new(width: u32) -> Self {
        Self { width }
    }

    pub fn edges(&self) -> u32 {
        self.wid$8th() + 4
    }

    pub fn width(&self) -> u32 {
        self.wid$9th
    }
}

/// Its area.
pub fn area(shape: &Shape) -> u32 {
    shape.edges()
}
//- src/other.rs
pub struct Other;

impl Other {
    pub fn new() -> Self {
        Self
    }
}
";

#[tokio::test]
async fn definitions_in_rust() {
    let mut scene = Scene::new(RUST).await;
    scene.check(DEFINITION, 1, &["src/shape.rs:21:8 area"]).await;
    scene.check(DEFINITION, 2, &["src/shape.rs:2:12 Shape"]).await;
    scene.check(DEFINITION, 3, &["src/shape.rs:21:8 area"]).await;
    scene.check(DEFINITION, 4, &["src/shape.rs:11:12 edges"]).await;
    scene.check(DEFINITION, 5, &["src/lib.rs:8:4 width"]).await;
    scene.check(DEFINITION, 6, &["src/shape.rs:7:12 new"]).await;
    scene.check(DEFINITION, 7, &["src/lib.rs:8:4 width"]).await;
    scene.check(DEFINITION, 8, &["src/shape.rs:15:12 width"]).await;
    scene.check(DEFINITION, 9, &["src/shape.rs:3:5 width"]).await;
    scene.client.shut_down().await;
}

const PYTHON: &str = r"
//- app/models.py
class User:
    def __init__(self, name):
        self.na$1me = name

    def greet(self):
        return self.nam$2e


def load(path):
    return User(path)
//- app/main.py
from app.models import Use$3r, load
from app import models as m


def run(argv):
    user = loa$4d(argv[0])
    print(user.gree$5t(), m.lo$6ad('x'))
    return os.path.joi$7n(argv)
//- tests/test_models.py
def join(parts):
    return ''.join(parts)
";

#[tokio::test]
async fn definitions_in_python() {
    let mut scene = Scene::new(PYTHON).await;
    scene.check(DEFINITION, 1, &["app/models.py:3:14 name"]).await;
    scene.check(DEFINITION, 2, &["app/models.py:3:14 name"]).await;
    scene.check(DEFINITION, 3, &["app/models.py:1:7 User"]).await;
    scene.check(DEFINITION, 4, &["app/models.py:9:5 load"]).await;
    scene.check(DEFINITION, 5, &["app/models.py:5:9 greet"]).await;
    scene.check(DEFINITION, 6, &["app/models.py:9:5 load"]).await;
    // No member of anything here, and a function of a module that this file does not name.
    scene.check(DEFINITION, 7, &[]).await;
    scene.client.shut_down().await;
}

const TYPESCRIPT: &str = r"
//- src/store.ts
export interface Item { id: string; price: number }

export class Store {
  private items: Item$1[] = [];
  add(item: Item): void { this.ite$2ms.push(item); }
}

export const create = () => new Stor$3e();
//- src/app.tsx
import { crea$4te, type Item } from './store';

export function App() {
  const store = create();
  store.ad$5d({ id: 'a', price: 1 });
  return <List$6 items={[]} />;
}

function List(props: { items: Item[] }) {
  return null;
}
";

#[tokio::test]
async fn definitions_in_typescript() {
    let mut scene = Scene::new(TYPESCRIPT).await;
    scene.check(DEFINITION, 1, &["src/store.ts:1:18 Item"]).await;
    scene.check(DEFINITION, 2, &["src/store.ts:4:11 items"]).await;
    scene.check(DEFINITION, 3, &["src/store.ts:3:14 Store"]).await;
    scene.check(DEFINITION, 4, &["src/store.ts:8:14 create"]).await;
    scene.check(DEFINITION, 5, &["src/store.ts:5:3 add"]).await;
    scene.check(DEFINITION, 6, &["src/app.tsx:9:10 List"]).await;
    scene.client.shut_down().await;
}

const GO_AND_C: &str = r#"
//- go.mod
module example.com/app
//- server/server.go
package server

type Server struct{ port int }

func (s *Server) Start() error { return listen(s.po$1rt) }

func listen(port int) error { return nil }
//- main.go
package main

import "example.com/app/server"

func main() {
	s := server.Server$2{}
	s.Star$3t()
}
//- lib/list.h
struct node { int value; };
int push(struct node *n, int value);
//- lib/list.c
#include "list.h"

int pus$4h(struct nod$5e *n, int value)
{
	return n->val$6ue;
}
//- lib/main.c
#include "list.h"

int main(void)
{
	return pus$7h(0, 1);
}
"#;

#[tokio::test]
async fn definitions_in_go_and_c() {
    let mut scene = Scene::new(GO_AND_C).await;
    scene.check(DEFINITION, 1, &["server/server.go:3:21 port"]).await;
    scene.check(DEFINITION, 2, &["server/server.go:3:6 Server"]).await;
    scene.check(DEFINITION, 3, &["server/server.go:5:18 Start"]).await;
    scene.check(DEFINITION, 4, &["lib/list.c:3:5 push"]).await;
    scene.check(DEFINITION, 5, &["lib/list.h:1:8 node"]).await;
    scene.check(DEFINITION, 6, &["lib/list.h:1:19 value"]).await;
    scene.check(DEFINITION, 7, &["lib/list.c:3:5 push", "lib/list.h:2:5 push"]).await;
    scene.client.shut_down().await;
}

#[tokio::test]
async fn references_are_code_and_the_surest_come_first() {
    let mut scene = Scene::new(RUST).await;
    scene.world.file("README.md", "The area of a Shape.\n");
    let mut ask = async |mark: u32, declaration: bool| {
        let mut params = scene.place(mark);
        params["context"] = json!({ "includeDeclaration": declaration });
        let found = scene.client.request(REFERENCES, params).await.unwrap();
        scene.locations(&found)
    };
    let area = ["src/shape.rs:21:8 area", "src/lib.rs:2:20 area", "src/lib.rs:5:31 area"];
    assert_eq!(ask(3, true).await, area);
    assert_eq!(ask(1, false).await, area[1..]);
    // Another type's `new` is no use of this one.
    assert_eq!(ask(6, false).await, ["src/lib.rs:9:12 new"]);
    scene.client.shut_down().await;
}

#[tokio::test]
async fn highlights_tell_reads_from_writes() {
    let text =
        "//- a.py\ncou$0nt = 0\n# the count\n\ndef add():\n    global count\n    count += 1\n    return count$1s\n";
    let mut scene = Scene::new(text).await;
    let found = scene.ask("textDocument/documentHighlight", 0).await;
    let uri = json!(scene.client.uri("a.py"));
    let shown: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", scene.shown(&uri, &one["range"]), one["kind"]))
        .collect();
    assert_eq!(shown, ["a.py:1:1 count 3", "a.py:5:12 count 2", "a.py:6:5 count 3"]);
    assert_eq!(scene.ask("textDocument/documentHighlight", 1).await.as_array().unwrap().len(), 1);
    scene.client.shut_down().await;
}

#[tokio::test]
async fn nothing_is_found_where_there_is_nothing() {
    let mut scene = Scene::new("//- a.rs\nfn a() {$0} // $1 the b\n//- notes.txt\nno$2tes\n//- empty.rs\n$3").await;
    for method in
        [DEFINITION, "textDocument/hover", "textDocument/documentHighlight", "textDocument/prepareCallHierarchy"]
    {
        for mark in 0..4 {
            if (method, mark) != ("textDocument/documentHighlight", 2) {
                assert_eq!(scene.ask(method, mark).await, Value::Null, "{method} ${mark}");
            }
        }
    }
    scene.client.shut_down().await;
}

const CALLS: &str = "
//- src/lib.rs
mod work;

pub fn top() {
    work::mid$0dle();
    work::middle();
}
//- src/work.rs
pub fn middle() {
    inner(1);
    println!();
}

fn inner(depth: u32) {
    if depth < 3 {
        inner(depth + 1);
    }
}
//- run.py
def helper():
    pass

helper()
class Thing:
    def __init__(self):
        hel$1per()

def make():
    return Thi$2ng()
";

#[tokio::test]
async fn calls_in_and_out() {
    let mut scene = Scene::new(CALLS).await;
    let check = async |scene: &mut Scene, mark: u32, direction: &str, expect: &[&str]| {
        let prepared = scene.ask("textDocument/prepareCallHierarchy", mark).await;
        let params = json!({ "item": prepared[0] });
        let found = scene.client.request(&format!("callHierarchy/{direction}Calls"), params).await.unwrap();
        let end = if direction == "incoming" { "from" } else { "to" };
        let own = &prepared[0]["uri"];
        let mut shown = Vec::new();
        for call in found.as_array().unwrap() {
            let item = &call[end];
            let place = if end == "from" { &item["uri"] } else { own };
            let calls = call["fromRanges"].as_array().unwrap();
            let calls: Vec<String> = calls.iter().map(|range| scene.shown(place, range)).collect();
            shown.push(format!("{} {}: {}", item["kind"], item["name"].as_str().unwrap(), calls.join(", ")));
        }
        assert_eq!(shown, expect, "{direction} calls of ${mark}");
    };
    let top = "12 top: src/lib.rs:4:11 middle, src/lib.rs:5:11 middle";
    check(&mut scene, 0, "incoming", &[top]).await;
    check(&mut scene, 0, "outgoing", &["12 inner: src/work.rs:2:5 inner"]).await;
    let helpers = ["1 run.py: run.py:4:1 helper", "9 __init__: run.py:7:9 helper"];
    check(&mut scene, 1, "incoming", &helpers).await;
    check(&mut scene, 2, "incoming", &["12 make: run.py:10:12 Thing"]).await;
    check(&mut scene, 2, "outgoing", &["12 helper: run.py:7:9 helper"]).await;
    scene.client.shut_down().await;
}

const LOCALS: &str = "
//- a.py
def value():
    pass

def use(path, items):
    value = path.strip()
    for item in items:
        pri$1nt(val$2ue, ite$3m)
    return [ite$4m for item in value]

def other():
    return val$5ue()
//- b.rs
fn run(value: u32) -> u32 {
    let twice = val$6ue * 2;
    let value = twice;
    val$7ue
}
//- c.go
package c

func Run(items []int) int {
	total := 0
	for _, item := range items {
		tot$8al += item
	}
	return total
}
//- d.ts
export function go(value: number): number {
  const next = () => val$9ue + 1;
  return next();
}
//- lib.py
def print(): pass
class item: pass
";

#[tokio::test]
async fn locals_stay_where_they_are() {
    let mut scene = Scene::new(LOCALS).await;
    scene.check(DEFINITION, 1, &["lib.py:1:5 print"]).await;
    scene.check(DEFINITION, 2, &["a.py:5:5 value"]).await;
    scene.check(DEFINITION, 3, &["a.py:6:9 item"]).await;
    scene.check(DEFINITION, 4, &["a.py:8:22 item"]).await;
    scene.check(DEFINITION, 5, &["a.py:1:5 value"]).await;
    scene.check(DEFINITION, 6, &["b.rs:1:8 value"]).await;
    scene.check(DEFINITION, 7, &["b.rs:3:9 value"]).await;
    scene.check(DEFINITION, 8, &["c.go:4:2 total"]).await;
    scene.check(DEFINITION, 9, &["d.ts:1:20 value"]).await;
    let mut ask = async |mark: u32, declaration: bool| {
        let mut params = scene.place(mark);
        params["context"] = json!({ "includeDeclaration": declaration });
        let found = scene.client.request(REFERENCES, params).await.unwrap();
        scene.locations(&found)
    };
    assert_eq!(ask(8, true).await, ["c.go:4:2 total", "c.go:6:3 total", "c.go:8:9 total"]);
    assert_eq!(ask(6, false).await, ["b.rs:2:17 value"]);
    let hover = scene.ask("textDocument/hover", 8).await;
    assert_eq!(hover["contents"]["value"], "```go\ntotal := 0\n```\n\n`c.go:4`\n");
    let found = scene.ask("textDocument/documentHighlight", 8).await;
    let kinds: Vec<&Value> = found.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, [3, 3, 2]);
    scene.client.shut_down().await;
}

const IMPORTS: &str = r#"
//- src/lib.rs
mod sha$0pe;
//- src/shape.rs
pub fn area() {}
//- web/app.ts
import { render } from './vi$1ew';
import { gone$2 } from './view';
//- web/view.ts
export function render() {}
//- pkg/main.py
from pkg.too$3ls import helper
import json$4
//- pkg/tools.py
def helper(): pass
//- lib/a.c
#include "li$5st.h"
//- lib/list.h
int x;
"#;

#[tokio::test]
async fn imports_lead_to_files() {
    let mut scene = Scene::new(IMPORTS).await;
    scene.check(DEFINITION, 0, &["src/shape.rs:1:1 "]).await;
    scene.check(DEFINITION, 1, &["web/view.ts:1:1 "]).await;
    scene.check(DEFINITION, 2, &["web/view.ts:1:1 "]).await;
    scene.check(DEFINITION, 3, &["pkg/tools.py:1:1 "]).await;
    scene.check(DEFINITION, 4, &[]).await;
    scene.check(DEFINITION, 5, &["lib/list.h:1:1 "]).await;
    scene.client.shut_down().await;
}

const STRANGERS: &str = "
//- a.rs
pub struct Stamp { when: u64 }

impl Stamp {
    pub fn new() -> Self {
        Self { wh$0en: 1 }
    }
}

fn main() {
    let all = Vec::n$1ew();
    let name = Str$2ing::from(1);
    let one = Stamp::n$3ew();
    show(wh$4en);
}
//- b.go
package b

type String struct{}
";

#[tokio::test]
async fn namesakes_of_other_types_and_languages_are_strangers() {
    let mut scene = Scene::new(STRANGERS).await;
    scene.check(DEFINITION, 0, &["a.rs:1:20 when"]).await;
    scene.check(DEFINITION, 1, &[]).await;
    scene.check(DEFINITION, 2, &[]).await;
    scene.check(DEFINITION, 3, &["a.rs:4:12 new"]).await;
    scene.check(DEFINITION, 4, &[]).await;
    scene.client.shut_down().await;
}
