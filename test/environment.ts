/** What a run of the tests prepares for the suites that it starts, handed over in variables. */
import process from 'node:process';

export const VSIX_VARIABLE = 'HOT_FUNCTIONS_TEST_VSIX';
export const BUILD_ARGS_VARIABLE = 'HOT_FUNCTIONS_TEST_BUILD_ARGS';
/** Which engine a suite inside VS Code runs with: `docker` or `process`. */
export const ENGINE_VARIABLE = 'HOT_FUNCTIONS_TEST_ENGINE';
export const ARTIFACTS_VARIABLE = 'HOT_FUNCTIONS_TEST_ARTIFACTS';

/** The packaged extension. */
export function vsixUnderTest(): string {
  return fromRun(VSIX_VARIABLE);
}

/** Build arguments that name base images which the engine can get at: empty where it reaches the public registry. */
export function buildArguments(): Readonly<Record<string, string>> {
  return JSON.parse(process.env[BUILD_ARGS_VARIABLE] ?? '{}');
}

/** The folder for what is looked at after the run: pictures, logs. */
export function artifactsFolder(): string {
  return fromRun(ARTIFACTS_VARIABLE);
}

function fromRun(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) {
    throw new Error(`${variable} is not set. Run this suite with: npm test -- <suite>`);
  }
  return value;
}
