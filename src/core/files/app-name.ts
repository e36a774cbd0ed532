/** A route's id is the app's name and the path, and both are part of its URL. */
export function whatIsWrongWithAppName(name: string): string | undefined {
  return /[\s/:?#\p{Cc}]/u.test(name) ? 'cannot contain white space, "/", ":", "?" or "#"' : undefined;
}
