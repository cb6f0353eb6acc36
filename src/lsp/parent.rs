//! The client's process: the server ends when it is gone, also where somebody else still holds the pipe open.

use tower_lsp::ls_types::InitializeParams;

use crate::cancel::Cancel;

/// Fires `gone` when the client's process ends. A process that is not there to begin with is not watched: the client may
/// live where processes have other numbers.
pub fn watch(params: &InitializeParams, gone: &Cancel, ended: &Cancel) {
    let Some(number) = params.process_id else { return };
    match Process::find(number) {
        Ok(process) => {
            let (gone, ended) = (gone.clone(), ended.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = process.end() => {
                        tracing::warn!("the client's process {number} is gone");
                        gone.cancel();
                    }
                    () = ended.cancelled() => {}
                }
            });
        }
        Err(error) => tracing::info!(%error, "the client's process {number} cannot be watched"),
    }
}

/// A process of this machine.
enum Process {
    #[cfg(target_os = "linux")]
    Handle(tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>),
    #[cfg(unix)]
    Number(rustix::process::Pid),
}

#[cfg(unix)]
impl Process {
    fn find(number: u32) -> std::io::Result<Self> {
        let pid = i32::try_from(number).ok().and_then(rustix::process::Pid::from_raw).ok_or(rustix::io::Errno::SRCH)?;
        #[cfg(target_os = "linux")]
        match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::NONBLOCK) {
            Ok(handle) => {
                let interest = tokio::io::Interest::READABLE;
                // SAFETY: the descriptor is owned, so it stays open, and the same one, until this is dropped.
                let handle = unsafe { tokio::io::unix::AsyncFd::register_with_interest(handle, interest) };
                return Ok(Self::Handle(handle?));
            }
            Err(rustix::io::Errno::SRCH) => return Err(rustix::io::Errno::SRCH.into()),
            // An old kernel, or one that forbids it.
            Err(_) => {}
        }
        if is_there(pid) { Ok(Self::Number(pid)) } else { Err(rustix::io::Errno::SRCH.into()) }
    }

    async fn end(&self) {
        match self {
            // The handle becomes readable when the process ends. Nothing is read from it.
            #[cfg(target_os = "linux")]
            Self::Handle(handle) => drop(handle.readable().await),
            Self::Number(pid) => {
                while is_there(*pid) {
                    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
                }
            }
        }
    }
}

#[cfg(unix)]
fn is_there(pid: rustix::process::Pid) -> bool {
    // A process of another user is one.
    !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
impl Process {
    fn find(_number: u32) -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    async fn end(&self) {
        match *self {}
    }
}
