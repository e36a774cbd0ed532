/** `npm run fuzz`: the random proofs of the core in their full size. Each prints its seed. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const files = [
  'test/unit/wire/decoder-fuzz.test.ts',
  'test/unit/pool/any-history.test.ts',
  'test/store/async-kill.test.ts',
];
const { status } = spawnSync(process.execPath, ['--test', ...files], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, HOT_FUNCTIONS_PROOF: 'full' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
