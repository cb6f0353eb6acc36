//! V8 in the worker: one deno_core runtime, the cells that run in it, and its own small event loop. With `ops.rs` the
//! only file that has V8 types.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};

use deno_core::{JsRuntime, PollEventLoopOptions, RuntimeOptions, scope, v8};

use super::bridge::Bridge;
use super::clip;
use super::clock::Clock;
use super::ops;
use super::wire::{Done, Fault, FromWorker, Layer, Start, Stopped, ToWorker};

const BOOT: &str = include_str!("boot.js");
const INSPECT: &str = include_str!("inspect.js");

/// Bytes that all `ArrayBuffer`s together may have; they live outside V8's heap and its limit.
const BUFFERS: usize = 256 << 20;

/// What V8 may grow by after its limit was hit, so that it can unwind instead of ending the process.
const UNWIND: usize = 4 << 30;

/// What V8 may grow by when a buffer was refused; it asks then, though the heap is not full.
const REFUSED: usize = 64 << 20;

/// Bytes of UTF-8 that a character may have: `boot.js` counts characters.
const WIDEST: usize = 4;

/// Rejections that are kept track of at a time.
const TRACKED: usize = 1000;

/// Rejections of one cell that are told; a flood of them says no more than a few.
const REJECTIONS: usize = 10;

type Error = Box<dyn std::error::Error>;

pub struct Runtime {
    /// Has to outlive V8, which posts delayed tasks on it.
    tokio: tokio::runtime::Runtime,
    js: JsRuntime,
    boot: Boot,
    bridge: Rc<RefCell<Bridge>>,
    clock: Arc<Clock>,
    buffers: Arc<Buffers>,
    heap: usize,
    output: usize,
    hit_heap: Rc<Cell<bool>>,
}

/// The functions that `boot.js` hands over.
struct Boot {
    show: v8::Global<v8::Function>,
    fault: v8::Global<v8::Function>,
    settle: v8::Global<v8::Function>,
    fire: v8::Global<v8::Function>,
    open: v8::Global<v8::Function>,
    close: v8::Global<v8::Function>,
    forget: v8::Global<v8::Function>,
    vars: v8::Global<v8::Function>,
}

/// Promises that were rejected while nobody listened. Lives in the isolate's slot.
#[derive(Default)]
struct Rejections(Vec<(v8::Global<v8::Promise>, v8::Global<v8::Value>)>);

/// The memory of all `ArrayBuffer`s.
#[derive(Default)]
struct Buffers {
    used: AtomicUsize,
    /// One was refused, for which V8 will ask for more heap in vain.
    refused: AtomicBool,
}

/// A cell was stopped; which way, the clock knows.
struct Interrupted;

/// How a cell's own code ended.
enum Ended {
    Value(v8::Global<v8::Value>),
    Threw(Fault),
}

impl Runtime {
    /// Starts V8 on this thread.
    pub fn new(start: &Start, bridge: Bridge, clock: Arc<Clock>) -> Result<Self, Error> {
        v8::icu::set_default_locale("en-US");
        JsRuntime::init_platform(None);
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let entered = tokio.enter();
        let bridge = Rc::new(RefCell::new(bridge));
        let heap = start.heap as usize;
        let buffers = Arc::new(Buffers::default());
        let mut js = JsRuntime::try_new(RuntimeOptions {
            extensions: vec![ops::extension(Rc::clone(&bridge))],
            create_params: Some(
                v8::CreateParams::default()
                    .heap_limits(0, heap)
                    .allow_atomics_wait(false)
                    .array_buffer_allocator(allocator(Arc::clone(&buffers))),
            ),
            ..RuntimeOptions::default()
        })?;
        drop(entered);
        js.v8_isolate().set_slot(Rejections::default());
        js.v8_isolate().set_promise_reject_callback(on_rejection);
        js.v8_isolate().set_allow_wasm_code_generation_callback(deny_wasm);
        js.main_context().open(js.v8_isolate()).set_allow_generation_from_strings(false);
        let boot = boot(&mut js, start)?;
        let handle = js.v8_isolate().thread_safe_handle();
        clock.watch(move || {
            handle.terminate_execution();
        })?;
        let (output, hit_heap) = (start.output, Rc::default());
        let mut runtime = Self { tokio, js, boot, bridge, clock, buffers, heap, output, hit_heap };
        runtime.guard_heap();
        Ok(runtime)
    }

    /// Sends a frame as a worker would that runs somebody else's code.
    #[cfg(all(debug_assertions, target_os = "linux"))]
    pub fn send(&self, message: &FromWorker) -> Result<(), Error> {
        Ok(self.bridge.borrow_mut().send(message)?)
    }

    /// Says that the worker is ready, and runs what the parent asks for until the parent is gone.
    pub fn serve(&mut self, layers: Vec<Layer>) -> Result<(), Error> {
        self.bridge.borrow_mut().send(&FromWorker::Ready { layers })?;
        loop {
            let request = self.bridge.borrow_mut().next();
            let done = match request {
                None => return Ok(()),
                Some(ToWorker::Cell { id, code }) => self.cell(id, |runtime| runtime.run(id, &code)),
                Some(ToWorker::Vars { id }) => self.cell(id, |runtime| {
                    let vars = runtime.boot.vars.clone();
                    Ok(Ended::Value(runtime.call(&vars, &[])?))
                }),
                Some(_) => return Err("the worker was started twice".into()),
            };
            self.bridge.borrow_mut().send(&FromWorker::Done(Box::new(done)))?;
        }
    }

    /// Runs `body` as a cell: on the clock, with everything it leaves behind collected.
    fn cell(&mut self, id: u64, body: impl FnOnce(&mut Self) -> Result<Ended, Interrupted>) -> Done {
        self.bridge.borrow_mut().begin(id);
        self.js.v8_isolate().cancel_terminate_execution();
        self.clock.begin(id);
        let mut done = Done { id, ..Done::default() };
        let finished = self.collect(body, &mut done).is_ok();
        done.stopped = self.clock.stopped();
        if !finished && done.stopped.is_none() {
            done.stopped = Some(Stopped::Stuck);
        }
        if !finished {
            // What it queued would run in the next cell; a microtask queue that is terminated is emptied.
            self.js.v8_isolate().terminate_execution();
            self.js.v8_isolate().perform_microtask_checkpoint();
        }
        self.clock.finish();
        self.js.v8_isolate().cancel_terminate_execution();
        self.rejections().clear();
        if !finished {
            let forget = self.boot.forget.clone();
            let _ = self.call(&forget, &[]);
        }
        done.full = self.hit_heap.take() && self.relieve_heap();
        (done.tail, done.written) = self.bridge.borrow_mut().rest_of_output();
        self.run_v8_tasks();
        done
    }

    fn collect(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<Ended, Interrupted>,
        done: &mut Done,
    ) -> Result<(), Interrupted> {
        let open = self.boot.open.clone();
        self.call(&open, &[])?;
        match body(self)? {
            Ended::Threw(fault) => done.fault = Some(fault),
            Ended::Value(value) => {
                let show = self.boot.show.clone();
                let shown = self.call(&show, &[value])?;
                done.value = self.text(&shown).map(|text| clip::cut(text, WIDEST * self.output));
            }
        }
        let unhandled: Vec<_> = self.rejections().drain(..).map(|(_, reason)| reason).collect();
        for reason in unhandled.into_iter().take(REJECTIONS) {
            let fault = self.fault(reason)?;
            done.rejections.push(fault);
        }
        let close = self.boot.close.clone();
        let left = self.call(&close, &[])?;
        done.unawaited = self.text(&left).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        self.microtasks()
    }

    /// Compiles and starts a cell, then lets its promise settle: microtasks first, then replies of the host in the
    /// order in which they came, then timers, which never wait: they fire in order and move the clock.
    fn run(&mut self, id: u64, code: &str) -> Result<Ended, Interrupted> {
        let promise = match self.start(id, code)? {
            Ok(promise) => promise,
            Err(fault) => return Ok(Ended::Threw(fault)),
        };
        loop {
            self.microtasks()?;
            match self.settled(&promise) {
                Some(Ok(value)) => return Ok(Ended::Value(value)),
                Some(Err(reason)) => return self.fault(reason).map(Ended::Threw),
                None => {}
            }
            if self.step()? {
                continue;
            }
            return Err(Interrupted);
        }
    }

    /// Does the next thing that could settle a promise; false when there is none.
    fn step(&mut self) -> Result<bool, Interrupted> {
        let fire = self.boot.fire.clone();
        let next = self.call(&fire, &[])?;
        match self.text(&next).as_deref() {
            Some("fired") => Ok(true),
            Some("pending") => {
                let reply = self.bridge.borrow_mut().reply();
                let Ok(Some((call, answer))) = reply else { return Err(Interrupted) };
                let settle = self.boot.settle.clone();
                let args = {
                    scope!(scope, &mut self.js);
                    let call: v8::Local<v8::Value> = v8::Number::new(scope, call as f64).into();
                    let Some(text) = v8::String::new(scope, &ops::text(&answer)) else { return Err(Interrupted) };
                    let text: v8::Local<v8::Value> = text.into();
                    [v8::Global::new(scope, call), v8::Global::new(scope, text)]
                };
                self.call(&settle, &args)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The cell's promise, or the error that its start threw.
    fn start(&mut self, id: u64, code: &str) -> Result<Result<v8::Global<v8::Promise>, Fault>, Interrupted> {
        let (thrown, place) = {
            scope!(scope, &mut self.js);
            v8::tc_scope!(let scope, scope);
            let name = format!("cell_{id}.js");
            let (Some(source), Some(name)) = (v8::String::new(scope, code), v8::String::new(scope, &name)) else {
                return Err(Interrupted);
            };
            let no_import = deno_core::create_host_defined_options_with_kind(
                scope,
                deno_core::host_defined_options_kind::VM_DYNAMIC_IMPORT_MISSING,
            );
            let origin =
                v8::ScriptOrigin::new(scope, name.into(), 0, 0, false, 0, None, false, false, false, Some(no_import));
            let script = v8::Script::compile(scope, source, Some(&origin));
            let compiled = script.is_some();
            if let Some(value) = script.and_then(|script| script.run(scope)) {
                let promise = v8::Local::<v8::Promise>::try_from(value).or_else(|_| {
                    let resolver = v8::PromiseResolver::new(scope).ok_or(Interrupted)?;
                    resolver.resolve(scope, value).ok_or(Interrupted)?;
                    Ok(resolver.get_promise(scope))
                })?;
                promise.mark_as_handled();
                return Ok(Ok(v8::Global::new(scope, promise)));
            }
            if scope.has_terminated() {
                return Err(Interrupted);
            }
            let Some(thrown) = scope.exception() else { return Err(Interrupted) };
            let place = scope.message().filter(|_| !compiled).map(|message| {
                let line = message.get_line_number(scope).unwrap_or(1);
                format!("    at cell_{id}.js:{line}:{}", message.get_start_column() + 1)
            });
            (v8::Global::new(scope, thrown), place)
        };
        let mut fault = self.fault(thrown)?;
        if let Some(place) = place {
            fault.stack = place;
        }
        Ok(Err(fault))
    }

    /// The value of a promise, or the reason of its rejection; `None` while it is pending.
    fn settled(
        &mut self,
        promise: &v8::Global<v8::Promise>,
    ) -> Option<Result<v8::Global<v8::Value>, v8::Global<v8::Value>>> {
        scope!(scope, &mut self.js);
        let promise = v8::Local::new(scope, promise);
        let state = promise.state();
        if state == v8::PromiseState::Pending {
            return None;
        }
        let result = promise.result(scope);
        let result = v8::Global::new(scope, result);
        Some(if state == v8::PromiseState::Fulfilled { Ok(result) } else { Err(result) })
    }

    /// Calls a function of the boot code.
    fn call(
        &mut self,
        function: &v8::Global<v8::Function>,
        args: &[v8::Global<v8::Value>],
    ) -> Result<v8::Global<v8::Value>, Interrupted> {
        if self.clock.stopped().is_some() {
            return Err(Interrupted);
        }
        scope!(scope, &mut self.js);
        v8::tc_scope!(let scope, scope);
        let args: Vec<_> = args.iter().map(|arg| v8::Local::new(scope, arg)).collect();
        let undefined = v8::undefined(scope).into();
        let result = v8::Local::new(scope, function).call(scope, undefined, &args).ok_or(Interrupted)?;
        Ok(v8::Global::new(scope, result))
    }

    fn microtasks(&mut self) -> Result<(), Interrupted> {
        self.js.v8_isolate().perform_microtask_checkpoint();
        if self.clock.stopped().is_some() { Err(Interrupted) } else { Ok(()) }
    }

    /// What was thrown, described by the boot code.
    fn fault(&mut self, thrown: v8::Global<v8::Value>) -> Result<Fault, Interrupted> {
        let describe = self.boot.fault.clone();
        let described = self.call(&describe, &[thrown])?;
        Ok(self.text(&described).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// A string as it is; `None` for any other value.
    fn text(&mut self, value: &v8::Global<v8::Value>) -> Option<String> {
        scope!(scope, &mut self.js);
        let value = v8::Local::<v8::String>::try_from(v8::Local::new(scope, value)).ok()?;
        Some(value.to_rust_string_lossy(scope))
    }

    fn rejections(&mut self) -> &mut Vec<(v8::Global<v8::Promise>, v8::Global<v8::Value>)> {
        let isolate = self.js.v8_isolate();
        if isolate.get_slot::<Rejections>().is_none() {
            isolate.set_slot(Rejections::default());
        }
        #[expect(clippy::expect_used, reason = "set in the lines above")]
        &mut isolate.get_slot_mut::<Rejections>().expect("the slot is set").0
    }

    fn guard_heap(&mut self) {
        let (clock, hit) = (Arc::clone(&self.clock), Rc::clone(&self.hit_heap));
        let buffers = Arc::clone(&self.buffers);
        let handle = self.js.v8_isolate().thread_safe_handle();
        self.js.add_near_heap_limit_callback(move |current, _| {
            hit.set(true);
            if buffers.refused.swap(false, Ordering::Relaxed) {
                return current + REFUSED;
            }
            clock.stop_now(Stopped::Heap);
            handle.terminate_execution();
            current + UNWIND
        });
    }

    /// After the heap limit was hit: collects garbage and puts the limit back. True when that did not help.
    fn relieve_heap(&mut self) -> bool {
        self.js.v8_isolate().low_memory_notification();
        if self.js.v8_isolate().get_heap_statistics().used_heap_size() > self.heap / 10 * 7 {
            return true;
        }
        self.js.remove_near_heap_limit_callback(self.heap);
        self.guard_heap();
        false
    }

    /// Lets V8 do what it posted for this thread, garbage collection above all.
    fn run_v8_tasks(&mut self) {
        let _entered = self.tokio.enter();
        let mut context = Context::from_waker(Waker::noop());
        let _ = self.js.poll_event_loop(&mut context, PollEventLoopOptions::default());
    }
}

/// Runs `boot.js`, which leaves only our own names in the global object.
fn boot(js: &mut JsRuntime, start: &Start) -> Result<Boot, Error> {
    let inspect = js.execute_script("ext:spelunk/inspect.js", INSPECT)?;
    let boot = js.execute_script("ext:spelunk/boot.js", BOOT)?;
    scope!(scope, js);
    v8::tc_scope!(let scope, scope);
    let config = serde_json::json!({
        "epoch": start.epoch_ms,
        "seed": [start.seed as u32, (start.seed >> 32) as u32],
        "output": start.output,
        "plan": start.plan,
    });
    let config = v8::String::new(scope, &config.to_string()).ok_or("no memory")?.into();
    let args = [v8::Local::new(scope, inspect), config];
    let boot = v8::Local::<v8::Function>::try_from(v8::Local::new(scope, boot))?;
    let undefined = v8::undefined(scope).into();
    let Some(table) = boot.call(scope, undefined, &args).and_then(|value| value.to_object(scope)) else {
        let why = scope.exception().map(|thrown| thrown.to_rust_string_lossy(scope)).unwrap_or_default();
        return Err(format!("boot.js failed: {why}").into());
    };
    let function = |name: &str| -> Result<v8::Global<v8::Function>, Error> {
        let key = v8::String::new(scope, name).ok_or("no memory")?.into();
        let value = table.get(scope, key).ok_or("boot.js lacks a function")?;
        let function = v8::Local::<v8::Function>::try_from(value)?;
        Ok(v8::Global::new(scope, function))
    };
    Ok(Boot {
        show: function("show")?,
        fault: function("fault")?,
        settle: function("settle")?,
        fire: function("fire")?,
        open: function("open")?,
        close: function("close")?,
        forget: function("forget")?,
        vars: function("vars")?,
    })
}

extern "C" fn on_rejection(message: v8::PromiseRejectMessage) {
    // SAFETY: V8 calls this with a message whose isolate is entered.
    v8::callback_scope!(unsafe scope, &message);
    let promise = v8::Global::new(scope, message.get_promise());
    let reason = message.get_value().map(|reason| v8::Global::new(scope, reason));
    let Some(rejections) = scope.get_slot_mut::<Rejections>() else { return };
    match (message.get_event(), reason) {
        (v8::PromiseRejectEvent::PromiseRejectWithNoHandler, Some(reason)) if rejections.0.len() < TRACKED => {
            rejections.0.push((promise, reason));
        }
        (v8::PromiseRejectEvent::PromiseHandlerAddedAfterReject, _) => {
            rejections.0.retain(|(other, _)| *other != promise)
        }
        _ => {}
    }
}

unsafe extern "C" fn deny_wasm(_: v8::Local<v8::Context>, _: v8::Local<v8::String>) -> bool {
    false
}

fn allocator(buffers: Arc<Buffers>) -> v8::UniqueRef<v8::Allocator> {
    static VTABLE: v8::RustAllocatorVtable<Buffers> =
        v8::RustAllocatorVtable { allocate, allocate_uninitialized, free, drop: release };
    // SAFETY: the handle is an `Arc` that `release` takes back, and the functions below expect just that type.
    unsafe { v8::new_rust_allocator(Arc::into_raw(buffers), &VTABLE) }
}

impl Buffers {
    /// Null, which JavaScript sees as a `RangeError`, when the buffers together would be over their limit.
    fn count(&self, len: usize, allocate: impl FnOnce() -> *mut libc::c_void) -> *mut libc::c_void {
        let fits = |used: usize| used.checked_add(len).filter(|&sum| sum <= BUFFERS);
        if self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            self.refused.store(true, Ordering::Relaxed);
            return std::ptr::null_mut();
        }
        let data = allocate();
        if data.is_null() {
            self.used.fetch_sub(len, Ordering::Relaxed);
            self.refused.store(true, Ordering::Relaxed);
        }
        data
    }
}

unsafe extern "C" fn allocate(buffers: &Buffers, len: usize) -> *mut libc::c_void {
    // SAFETY: `calloc` takes any size; `free` below gives it back.
    buffers.count(len, || unsafe { libc::calloc(len.max(1), 1) })
}

unsafe extern "C" fn allocate_uninitialized(buffers: &Buffers, len: usize) -> *mut libc::c_void {
    // SAFETY: as above.
    buffers.count(len, || unsafe { libc::malloc(len.max(1)) })
}

unsafe extern "C" fn free(buffers: &Buffers, data: *mut libc::c_void, len: usize) {
    // SAFETY: V8 gives back what the functions above allocated, once.
    unsafe { libc::free(data) };
    buffers.used.fetch_sub(len, Ordering::Relaxed);
}

unsafe extern "C" fn release(buffers: *const Buffers) {
    // SAFETY: made by `Arc::into_raw` in `allocator`, and released once.
    drop(unsafe { Arc::from_raw(buffers) });
}
