/** What a request asks for, and by which name of this machine. */
export interface RequestTarget {
  /** As it was sent, still encoded. */
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly host: string;
  /** The whole of it, as the daemon tells it to functions. */
  readonly url: string;
}

/** @returns undefined for what is no target of ours, such as `*` */
function targetOf(url: string, hostHeader: string): RequestTarget | undefined {
  // The form that is sent to proxies has its own authority, which then counts. Source: RFC 9112, 3.2.2.
  const absolute = url.startsWith('/') ? null : /^http:\/\/([^/?#]+)(.*)$/i.exec(url);
  const host = absolute?.[1] ?? hostHeader;
  const sent = absolute === null ? url : (absolute[2] ?? '');
  const asked = sent === '' || sent.startsWith('?') ? `/${sent}` : sent;
  if (!asked.startsWith('/')) {
    return undefined;
  }
  const mark = asked.indexOf('?');
  return {
    path: mark === -1 ? asked : asked.slice(0, mark),
    query: mark === -1 ? '' : asked.slice(mark + 1),
    host,
    url: `http://${host}${asked}`,
  };
}

/** What a connection's requests ask for. Most ask for the same as the one before. */
export class KnownTargets {
  #last: { readonly sent: string; readonly hostHeader: string; readonly target: RequestTarget } | undefined;

  /** As {@link targetOf}. */
  of(sent: string, hostHeader: string): RequestTarget | undefined {
    const last = this.#last;
    if (last !== undefined && last.sent === sent && last.hostHeader === hostHeader) {
      return last.target;
    }
    const target = targetOf(sent, hostHeader);
    this.#last = target && { sent, hostHeader, target };
    return target;
  }
}

/** @returns undefined where the encoding is broken */
export function decoded(path: string): string | undefined {
  if (!path.includes('%')) {
    return path;
  }
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
