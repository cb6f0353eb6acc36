//! Names that a file imports: their definitions, hovers and uses are those of the file that they come from.

use serde_json::json;

use super::scene::Scene;

const DEFINITION: &str = "textDocument/definition";
const REFERENCES: &str = "textDocument/references";

const TYPESCRIPT: &str = "
//- app/main.ts
import { help$0er, other as h2 } from './util/helper';
import start from './util/start';
import * as ns from './util/helper';
import { deep } from './util';
import { readFile } from 'node:fs';

export const all = [hel$1per(1), h$22(2), sta$3rt(), ns.hel$4per(3), de$5ep(), readFi$6le('x')];

export function shadow(helper: number) {
  return hel$7per;
}
//- app/util/helper.ts
/** Helps. */
export function helper(x: number) { return x; }
export function other() { return helper(2); }
//- app/util/start.ts
function start() {}
export default start;
//- app/util/index.ts
export * from './barrel';
//- app/util/barrel.ts
function inner() {}
export { inner as deep };
//- app/more.ts
function helper() {}
helper();
//- bundle.js
function helper(x) { return x; }
function start() {}
function deep() {}
function readFile() {}
class Ns { helper() {} }
helper(start(deep()));
";

#[tokio::test]
async fn names_imported_by_scripts() {
    let mut scene = Scene::new(TYPESCRIPT).await;
    scene.check(DEFINITION, 0, &["app/util/helper.ts:2:17 helper"]).await;
    scene.check(DEFINITION, 1, &["app/util/helper.ts:2:17 helper"]).await;
    scene.check(DEFINITION, 2, &["app/util/helper.ts:3:17 other"]).await;
    scene.check(DEFINITION, 3, &["app/util/start.ts:1:10 start"]).await;
    scene.check(DEFINITION, 4, &["app/util/helper.ts:2:17 helper"]).await;
    scene.check(DEFINITION, 5, &["app/util/barrel.ts:1:10 inner"]).await;
    scene.check(DEFINITION, 6, &[]).await;
    scene.check(DEFINITION, 7, &["app/main.ts:9:24 helper"]).await;
    let hover = scene.ask("textDocument/hover", 1).await;
    let expect = "```typescript\nexport function helper(x: number)\n```\n\nHelps.\n\n`app/util/helper.ts:2`\n";
    assert_eq!(hover["contents"]["value"], expect);
    let prepared = scene.ask("textDocument/prepareCallHierarchy", 1).await;
    assert_eq!(prepared.as_array().unwrap().len(), 1);
    assert_eq!(prepared[0]["uri"], scene.client.uri("app/util/helper.ts"));
    let mut params = scene.place(1);
    params["context"] = json!({ "includeDeclaration": false });
    let found = scene.client.request(REFERENCES, params).await.unwrap();
    let expect = [
        "app/util/helper.ts:3:34 helper",
        "app/main.ts:1:10 helper",
        "app/main.ts:7:21 helper",
        "app/main.ts:7:51 helper",
    ];
    assert_eq!(scene.locations(&found), expect);
    scene.client.shut_down().await;
}

const PYTHON: &str = "
//- pkg/main.py
from .tools import load as g, sa$0ve
import json
from pkg import again

def run(path):
    g$1(path)
    sav$2e(path)
    again$3()
    return json.dum$4ps(path)
//- pkg/tools.py
def load(path): pass
def save(path): pass
//- pkg/__init__.py
from .tools import save as again
//- other.py
def g(): pass
def save(): pass
def dumps(): pass
def again(): pass
class json:
    def dumps(self): pass
";

#[tokio::test]
async fn names_imported_by_python() {
    let mut scene = Scene::new(PYTHON).await;
    scene.check(DEFINITION, 0, &["pkg/tools.py:2:5 save"]).await;
    scene.check(DEFINITION, 1, &["pkg/tools.py:1:5 load"]).await;
    scene.check(DEFINITION, 2, &["pkg/tools.py:2:5 save"]).await;
    scene.check(DEFINITION, 3, &["pkg/tools.py:2:5 save"]).await;
    scene.check(DEFINITION, 4, &[]).await;
    scene.client.shut_down().await;
}

const RUST: &str = "
//- Cargo.toml
[package]
name = \"demo\"
edition = \"2021\"
//- src/lib.rs
mod loom;
mod sync;
mod user;
//- src/loom/mod.rs
mod std;
pub(crate) use self::std::*;
//- src/loom/std/mod.rs
mod mutex;
pub(crate) mod sync {
    pub(crate) use crate::loom::std::mutex::Mutex;
}
//- src/loom/std/mutex.rs
/// The plain one.
pub(crate) struct Mutex;
impl Mutex {
    pub(crate) fn new() -> Self { Mutex }
}
//- src/sync/mod.rs
pub mod mutex;
pub use mutex::Mutex;
//- src/sync/mutex.rs
pub struct Mutex;
impl Mutex {
    pub fn new() -> Self { Mutex }
}
//- src/user.rs
use crate::loom::sync::Mut$0ex;
use std::sync::Arc;

struct Held { lock: Mu$1tex }

fn f() -> Held {
    let arc = Ar$2c::new(1);
    let other = crate::sync::Mute$3x;
    Held { lock: Mutex::ne$4w() }
}
//- src/arc.rs
pub struct Arc;
";

#[tokio::test]
async fn names_imported_by_rust() {
    let mut scene = Scene::new(RUST).await;
    scene.check(DEFINITION, 0, &["src/loom/std/mutex.rs:2:19 Mutex"]).await;
    scene.check(DEFINITION, 1, &["src/loom/std/mutex.rs:2:19 Mutex"]).await;
    scene.check(DEFINITION, 2, &[]).await;
    scene.check(DEFINITION, 3, &["src/sync/mutex.rs:1:12 Mutex"]).await;
    scene.check(DEFINITION, 4, &["src/loom/std/mutex.rs:4:19 new"]).await;
    let hover = scene.ask("textDocument/hover", 1).await;
    let expect = "```rust\npub(crate) struct Mutex\n```\n\nThe plain one.\n\n`src/loom/std/mutex.rs:2`\n";
    assert_eq!(hover["contents"]["value"], expect);
    scene.client.shut_down().await;
}

const OTHERS: &str = r#"
//- go.mod
module example.com/app
//- main.go
package main

import (
	"net"
	"example.com/app/wire"
)

type Dialer struct{}

func (d *Dialer) Dial() {}

func main() {
	net.Dia$0l("tcp", "x")
	wire.Ope$1n()
	Look$5up()
}
//- wire/open.go
package wire

func Open() {}
//- other/open.go
package other

func Open() {}
func Lookup() {}
//- main_util.go
package main

func Lookup() {}
//- src/a/Main.java
package a;

import b.Tool;
import static b.Fixed.size;

class Main {
    void run() {
        Too$2l.mak$3e();
        siz$4e();
    }
}
//- src/b/Tool.java
package b;
public class Tool { public static void make() {} }
//- src/b/Fixed.java
package b;
public class Fixed { public static int size() { return 1; } }
//- src/c/Tool.java
package c;
public class Tool { public static void make() {} static int size() { return 2; } }
"#;

#[tokio::test]
async fn names_imported_by_go_and_java() {
    let mut scene = Scene::new(OTHERS).await;
    scene.check(DEFINITION, 0, &[]).await;
    scene.check(DEFINITION, 1, &["wire/open.go:3:6 Open"]).await;
    scene.check(DEFINITION, 2, &["src/b/Tool.java:2:14 Tool"]).await;
    scene.check(DEFINITION, 3, &["src/b/Tool.java:2:40 make"]).await;
    scene.check(DEFINITION, 4, &["src/b/Fixed.java:2:40 size"]).await;
    scene.check(DEFINITION, 5, &["main_util.go:3:6 Lookup"]).await;
    scene.client.shut_down().await;
}
