/** A name becomes a folder, a path and, with a version, the name of an image. */
export function whatIsWrongWithName(name: string): string | undefined {
  return /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name)
    ? undefined
    : 'Use lower-case letters and digits, and between them ".", "_" or "-".';
}

/** The func.yaml of a new hot function in Node. */
export function functionFile(name: string): string {
  return `name: ${name}
version: 0.0.1
runtime: node

# Hot: one container answers many calls, each an HTTP request on stdin and a response on stdout.
format: http

idle_timeout: 30s # the container ends when no call came for this long
timeout: 10s
`;
}
