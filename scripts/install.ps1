# Installs the released `spelunk.exe` for this machine: downloads it, checks it against the release's SHA256SUMS, and puts it
# in place by a rename, so that a failure leaves what was there. For Windows PowerShell 5.1 and newer; install.sh is for the rest.
#   irm https://github.com/spelunk-dev/spelunk/releases/latest/download/install.ps1 | iex
# $env:SPELUNK_VERSION, SPELUNK_BIN and SPELUNK_RELEASES are as in install.sh; the folder is %LOCALAPPDATA%\Programs\spelunk.
& {
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $build = 'To build it from its source: cargo install --locked --git https://github.com/spelunk-dev/spelunk'

  $releases = if ($env:SPELUNK_RELEASES) { $env:SPELUNK_RELEASES.TrimEnd('/') } else { 'https://github.com/spelunk-dev/spelunk/releases' }
  if ($releases -notmatch '^(https://|http://(127\.0\.0\.1|localhost):)') {
    throw "spelunk: SPELUNK_RELEASES is ${releases}: it has to begin with https://"
  }
  $version = if ($env:SPELUNK_VERSION) { $env:SPELUNK_VERSION -replace '^v', '' } else { 'latest' }
  if ($version -notmatch '^[0-9A-Za-z.+-]+$') { throw "spelunk: SPELUNK_VERSION is ${version}: it has to be a version, such as 0.2.0" }
  $from = if ($version -eq 'latest') { "$releases/latest/download" } else { "$releases/download/v$version" }
  $bin = if ($env:SPELUNK_BIN) { $env:SPELUNK_BIN } else { Join-Path $env:LOCALAPPDATA 'Programs\spelunk' }
  # The first is there in a 32-bit PowerShell on a 64-bit system.
  $cpu = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
  $platform = switch ($cpu) {
    'AMD64' { 'win32-x64' }
    'ARM64' { 'win32-arm64' }
    default { throw "spelunk: there is no release for Windows on $cpu. $build" }
  }

  $archive = "spelunk-$platform.zip"
  $temporary = Join-Path ([IO.Path]::GetTempPath()) "spelunk-$([Guid]::NewGuid())"
  New-Item -ItemType Directory $temporary | Out-Null
  try {
    foreach ($name in 'SHA256SUMS', $archive) {
      try { Invoke-WebRequest -UseBasicParsing "$from/$name" -OutFile (Join-Path $temporary $name) }
      catch { throw "spelunk: cannot download $from/${name}: $($_.Exception.Message)" }
    }
    $pattern = '^([0-9a-f]{64}) [ *]' + [Regex]::Escape($archive) + '$'
    $wanted = @(Get-Content (Join-Path $temporary 'SHA256SUMS') | ForEach-Object { if ($_ -cmatch $pattern) { $Matches[1] } })
    if ($wanted.Count -ne 1) { throw "spelunk: $from/SHA256SUMS has no SHA-256 of ${archive}: choose another release by SPELUNK_VERSION" }
    $found = (Get-FileHash -Algorithm SHA256 (Join-Path $temporary $archive)).Hash.ToLowerInvariant()
    if ($found -cne $wanted[0]) {
      throw "spelunk: $from/$archive is not what SHA256SUMS says: its SHA-256 is $found, not $($wanted[0]). Nothing was installed"
    }
    Expand-Archive (Join-Path $temporary $archive) $temporary
    $program = Join-Path $temporary "spelunk-$platform\spelunk.exe"
    $runs = & $program --version
    if ($LASTEXITCODE -ne 0) { throw "spelunk: the released program does not run on this machine. Nothing was installed. $build" }

    New-Item -ItemType Directory -Force $bin | Out-Null
    $target = Join-Path $bin 'spelunk.exe'
    $new = Join-Path $bin ".spelunk-$PID.new.exe"
    $old = Join-Path $bin ".spelunk-$PID.old.exe"
    try {
      # First into the same folder, so that what follows only renames. A program that runs can be renamed, not overwritten.
      Copy-Item $program $new
      if (Test-Path $target) { Move-Item $target $old -Force }
      Move-Item $new $target
    }
    catch {
      if ((Test-Path $old) -and -not (Test-Path $target)) { Move-Item $old $target }
      Remove-Item $new -Force -ErrorAction SilentlyContinue
      throw
    }
    # Those that still run stay until the next time.
    Remove-Item (Join-Path $bin '.spelunk-*.old.exe') -Force -ErrorAction SilentlyContinue
    Write-Output "Installed ${runs}: $target"
    if (($env:PATH -split ';') -notcontains $bin) {
      Write-Output "$bin is not on your PATH. To add it: [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$bin', 'User')"
    }
  }
  finally { Remove-Item $temporary -Recurse -Force }
}
