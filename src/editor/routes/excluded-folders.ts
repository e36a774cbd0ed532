/** Folders whose files are other people's: dependencies, version control, tools. */
const excluded: readonly string[] = [
  'node_modules',
  'bower_components',
  'vendor',
  '.venv',
  '.git',
  '.hg',
  '.svn',
  '.vscode-test',
];

export const excludedFoldersGlob = `**/{${excluded.join(',')}}/**`;

/** @param path below the workspace folder, with `/` between its segments. */
export function isInExcludedFolder(path: string): boolean {
  return path.split('/').some((segment) => excluded.includes(segment));
}
