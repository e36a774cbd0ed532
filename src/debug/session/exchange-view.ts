import { Scope, Source, StackFrame } from '@vscode/debugadapter/lib/debugSession.js';
import { Handles } from '@vscode/debugadapter/lib/handles.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { HotFunctionsError } from '../../core/errors.ts';
import { writtenAlready } from '../exchange/edited-request.ts';
import type { ObservedCall } from '../exchange/exchange-debugger.ts';
import { exchangeScopes } from '../exchange/exchange-scopes.ts';
import { findVariable, type VariableNode } from '../exchange/variable-node.ts';
import type { RouteRun } from './route-run.ts';

export interface StoppedRun {
  readonly run: RouteRun;
  readonly call: ObservedCall;
}

/** What the debugger shows of an exchange that is stopped: frames, scopes and variables. */
export class ExchangeView {
  readonly #stopped: () => StoppedRun;
  readonly #variables = new Handles<VariableNode>();

  /** @param stopped throws `invalid-request` while the exchange is not stopped */
  constructor(stopped: () => StoppedRun) {
    this.#stopped = stopped;
  }

  /** To be called at each stop: references of the one before hold no more. */
  reset(): void {
    this.#variables.reset();
  }

  /** The innermost first. */
  frames(): DebugProtocol.StackFrame[] {
    const { run, call } = this.#stopped();
    const source = new Source(run.file.split(/[\\/]/).at(-1) ?? '', run.file);
    const frames = frameNames(run.route.path, call).map((name, at): DebugProtocol.StackFrame => {
      const frame: DebugProtocol.StackFrame = new StackFrame(at + 1, name, source, run.line, 1);
      frame.canRestart = true;
      return frame;
    });
    return frames.toReversed();
  }

  scopes(): Scope[] {
    // What the call is about stands open, what it went over is opened by who wants to see it.
    return this.#nodes().map(
      (node) => new Scope(node.name, this.#variables.create(node), !/^Re(quest|sponse)$/.test(node.name)),
    );
  }

  variables(reference: number): DebugProtocol.Variable[] {
    const nodes = this.#variables.get(reference)?.children?.() ?? [];
    return nodes.map((node) => this.#variable(node));
  }

  /** @returns the value as it is then. Throws `invalid-request` for what cannot be changed, or not any more. */
  set(reference: number, name: string, value: string): string {
    const parent = this.#variables.get(reference);
    const find = (): VariableNode | undefined => parent?.children?.().find((node) => node.name === name);
    const node = find();
    if (node?.set === undefined) {
      throw this.#stopped().call.position.kind === 'unwritten'
        ? new HotFunctionsError('invalid-request', `"${name}" cannot be changed.`)
        : writtenAlready();
    }
    node.set(value);
    return find()?.value ?? value;
  }

  /** Throws `invalid-request` for what is no variable. */
  evaluate(expression: string): DebugProtocol.EvaluateResponse['body'] {
    const node = findVariable(this.#nodes(), expression);
    if (node === undefined) {
      throw new HotFunctionsError('invalid-request', 'Such as: request.headers.Accept, response.status, wire');
    }
    const { value, variablesReference } = this.#variable(node);
    return { result: value === '' ? node.name : value, variablesReference };
  }

  exception(): DebugProtocol.ExceptionInfoResponse['body'] {
    const { filter = '', message = '', error } = this.#stopped().call.exception ?? {};
    return {
      exceptionId: error?.code ?? filter,
      description: [message, error?.hint ?? ''].join(' ').trim(),
      breakMode: 'always',
    };
  }

  #nodes(): readonly VariableNode[] {
    const { run, call } = this.#stopped();
    return exchangeScopes(call, run.containerFacts());
  }

  #variable(node: VariableNode): DebugProtocol.Variable {
    const { name, value, children, set } = node;
    return {
      name,
      value,
      variablesReference: children === undefined ? 0 : this.#variables.create(node),
      ...(set === undefined ? { presentationHint: { attributes: ['readOnly'] } } : {}),
    };
  }
}

/** From the outermost on, as far as the call has come. */
function frameNames(path: string, { position, request }: ObservedCall): readonly string[] {
  const names = [`${request.method} ${path}`];
  if (position.kind === 'written' || position.kind === 'answered') {
    names.push('request written');
  }
  if (position.kind === 'answered') {
    names.push(`response ${position.answer.status} read`);
  }
  return names;
}
