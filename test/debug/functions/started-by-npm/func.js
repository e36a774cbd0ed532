import { execFileSync } from 'node:child_process';

let text = '';
for await (const chunk of process.stdin) {
  text += chunk;
}
const options = process.env.NODE_OPTIONS ?? 'none';
const child = execFileSync(process.execPath, ['-p', '"a child without a debugger"']).toString().trim();
process.stdout.write(`${text}, options ${options}, ${child}`);
