//! Items behind macros that only switch them on.

cfg_rt! {
    /// Starts a task.
    #[track_caller]
    pub fn spawn(task: Task) -> Handle {
        spawn_inner(task, format!("{}", '}'))
    }

    fn spawn_inner(task: Task, name: String) -> Handle {
        vec![task].pop().map(|task| Handle { task }).unwrap()
    }
}

impl Handle {
    cfg_unstable! {
        pub fn id(&self) -> u64 {
            self.task.id()
        }
    }

    pub fn current() -> Self {
        CURRENT.with(|current| current.clone())
    }
}

thread_local! {
    static CURRENT: Handle = Handle::new();
}

lazy_static! {
    static ref TABLE: Vec<u8> = Vec::new();
}

bitflags! {
    struct Flags: u32 { const A = 1; }
}

cfg_net! { cfg_unix! {
    pub mod unix {
        pub struct Socket;
    }
} }

fn after() {
    spawn(1);
}
