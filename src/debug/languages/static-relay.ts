import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const limitMs = 60_000;

/** Without package net: it compiles in no time. The first line is what `ContainerAccess.connect` expects. */
const source = `package main

import (
	"io"
	"os"
	"strconv"
	"syscall"
)

func main() {
	port, _ := strconv.Atoi(os.Args[1])
	link, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		err = syscall.Connect(link, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		os.Stdout.WriteString("refused\\n")
		return
	}
	os.Stdout.WriteString("connected " + strconv.Itoa(os.Getpid()) + "\\n")
	other := os.NewFile(uintptr(link), "debugger")
	go func() {
		io.Copy(other, os.Stdin)
		os.Exit(0)
	}()
	io.Copy(os.Stdout, other)
}
`;

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * A program that joins its stdio to a port, for containers that have none: an image from scratch. Made by this
 * machine's Go, once. Undefined where there is no Go; then the image has to have a shell.
 */
export async function buildRelay(storageFolder: string): Promise<Uint8Array | undefined> {
  const architecture = architectures[process.arch];
  if (architecture === undefined) {
    return undefined;
  }
  const version = createHash('sha256').update(source).digest('hex').slice(0, 16);
  const folder = join(storageFolder, 'relay');
  const built = join(folder, `${version}-${architecture}`);
  try {
    return await readFile(built);
  } catch {
    // To be made.
  }
  await mkdir(folder, { recursive: true });
  const workshop = await mkdtemp(join(folder, 'build-'));
  try {
    await writeFile(join(workshop, 'main.go'), source);
    await run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', 'relay', 'main.go'], {
      cwd: workshop,
      timeout: limitMs,
      windowsHide: true,
      env: {
        ...process.env,
        CGO_ENABLED: '0',
        GOOS: 'linux',
        GOARCH: architecture,
        GOFLAGS: '',
        GOWORK: 'off',
        // No other Go is downloaded for it.
        GOTOOLCHAIN: 'local',
      },
    });
    // Another window may have made it meanwhile: the same.
    await rename(join(workshop, 'relay'), built);
    return await readFile(built);
  } catch {
    return undefined;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
