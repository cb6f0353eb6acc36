#!/bin/sh
# Packs a binary, its licences and the README for a release, as scripts/install.sh and install.ps1 expect them:
#   scripts/archive.sh PLATFORM BINARY NOTICES FOLDER   leaves spelunk-PLATFORM.tar.gz, or .zip for win32-*, in FOLDER
set -eu
platform=$1 binary=$2 notices=$3
mkdir -p "$4"
folder=$(cd "$4" && pwd)
name=spelunk-$platform
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
mkdir "$staging/$name"
case $platform in win32-*) program=spelunk.exe ;; *) program=spelunk ;; esac
cp "$binary" "$staging/$name/$program"
cp README.md LICENSE-MIT LICENSE-APACHE "$staging/$name"
cp "$notices" "$staging/$name/THIRD-PARTY.txt"
cd "$staging"
case $platform in
  win32-*) 7z a -tzip -bso0 "$folder/$name.zip" "$name" && echo "$folder/$name.zip" ;;
  *) tar -cf - "$name" | gzip -9 -n > "$folder/$name.tar.gz" && echo "$folder/$name.tar.gz" ;;
esac
