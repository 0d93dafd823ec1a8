/** Finds what an address names. Paths are read as they were sent: nothing resolves `..` before us. */
export interface Routed {
  /** `/generations/:id` */
  readonly path: string;
}

export interface Match<R extends Routed> {
  readonly found: R;
  readonly params: Readonly<Record<string, string>>;
}

/** Undefined where nothing has this path, or it is not valid percent-encoding. */
export function match<R extends Routed>(routes: readonly R[], pathname: string): Match<R> | undefined {
  for (const found of routes) {
    const params = paramsOf(found.path, pathname);
    if (params !== undefined) return { found, params };
  }
  return undefined;
}

function paramsOf(pattern: string, pathname: string): Readonly<Record<string, string>> | undefined {
  const at = pattern.indexOf('/:');
  if (at === -1) return pattern === pathname ? {} : undefined;
  const prefix = pattern.slice(0, at + 1);
  if (!pathname.startsWith(prefix) || pathname.length === prefix.length) return undefined;
  try {
    // An id may have slashes: escaped where we made the link, as they are where a person typed it.
    return { [pattern.slice(at + 2)]: decodeURIComponent(pathname.slice(prefix.length)) };
  } catch {
    return undefined;
  }
}
