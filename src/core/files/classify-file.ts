/** What a file of the workspace may define, told by its name alone. */
export type FileKind = 'func-yaml' | 'func-json' | 'route-json' | 'app-yaml' | 'none';

/** Takes a bare name, a path or a URI. Further names that a setting adds for route JSON are the caller's matter. */
export function classifyFile(nameOrPath: string): FileKind {
  const name = nameOrPath.slice(Math.max(nameOrPath.lastIndexOf('/'), nameOrPath.lastIndexOf('\\')) + 1);
  switch (name) {
    case 'func.yaml':
    case 'func.yml':
      return 'func-yaml';
    case 'func.json':
      return 'func-json';
    case 'hotroute.json':
      return 'route-json';
    case 'app.yaml':
      return 'app-yaml';
    default:
      return name.endsWith('.route.json') ? 'route-json' : 'none';
  }
}
