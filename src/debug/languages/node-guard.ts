/**
 * Keeps what a debugger prints off stdout, which is for answers: a logpoint, or `console.log` in the Debug Console,
 * is evaluated in a script that js-debug names `*.cdp` or `*.repl`. What the function itself prints goes where it
 * would without a debugger, so that debugging hides no defect and changes no answer. And lets the process end as it
 * would: Node waits for a debugger to disconnect otherwise.
 *
 * An expression for a function of `node:inspector`. Harmless when it is called twice.
 */
const guard = `(inspector) => {
  const done = Symbol.for('hot-functions.guard');
  if (globalThis[done]) return;
  Object.defineProperty(globalThis, done, { value: true });
  const isDebuggers = () => {
    const { stackTraceLimit, prepareStackTrace } = Error;
    try {
      Error.stackTraceLimit = Infinity;
      Error.prepareStackTrace = (_, sites) => sites;
      return new Error().stack.some((site) => /\\.(cdp|repl)$/.test(site.getScriptNameOrSourceURL() || ''));
    } catch {
      return false;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    }
  };
  let stdout;
  // Where console looks each time it prints. Its methods stay as they are, else their callers would look like ours.
  Object.defineProperty(console, '_stdout', {
    configurable: true,
    get: () => (isDebuggers() ? process.stderr : stdout || process.stdout),
    set: (stream) => { stdout = stream; },
  });
  const { emit } = process;
  process.emit = function (name) {
    const result = Reflect.apply(emit, this, arguments);
    if (name === 'exit') inspector.close();
    return result;
  };
}`;

/** To be evaluated with the command line API, in a process that runs already. */
export const guardExpression = `(${guard})(require('inspector'))`;

export const portVariable = 'HOT_FUNCTIONS_INSPECT';
export const givenOptionsVariable = 'HOT_FUNCTIONS_NODE_OPTIONS';

/**
 * Preloaded into each Node of the function: opens the inspector in the one that runs the function's code, and waits
 * there until a debugger is configured. It cannot be done by `--inspect`: the port would go to whoever starts first,
 * such as `npm start`, and breakpoints would come too late for code that never gives its thread back, as one that
 * reads stdin synchronously. The processes that the function starts itself know nothing of it.
 */
export const preload = `'use strict';
const inspector = require('inspector');
const path = require('path');
const { isMainThread } = require('worker_threads');

const launchers = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|tsx|nodemon|node-dev|ts-node-dev|tsnd|cross-env|cross-env-shell|dotenv|dotenvx|env-cmd)$/;

function isLauncher(script) {
  const name = path.basename(script).replace(/(-cli)?\\.[cm]?js$|-cli$/, '');
  const [, owner] = /.*[\\\\/]node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/.exec(script) || [];
  return launchers.test(name === 'cli' && owner ? owner : name);
}

const { ${portVariable}: port, ${givenOptionsVariable}: given } = process.env;
const script = process.argv[1] || '';
// A relay to the inspector may be run by this Node too; it has the port as its argument.
if (port && isMainThread && script !== port && !isLauncher(script)) {
  delete process.env.${portVariable};
  delete process.env.${givenOptionsVariable};
  if (given) process.env.NODE_OPTIONS = given;
  else delete process.env.NODE_OPTIONS;
  (${guard})(inspector);
  inspector.open(Number(port), '127.0.0.1', true);
}
`;
