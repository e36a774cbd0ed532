import * as vscode from 'vscode';
import type { CallRequest, CallResult } from '../../core/call.ts';
import type { Engine, PrepareProgress } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { Runner } from '../../core/runner.ts';
import type { Admission } from '../engine-choice/admission.ts';
import { untrustedWorkspace } from '../engine-choice/engine-choice.ts';
import { formatMs } from '../format-ms.ts';
import { collectWhatCame } from '../response/collect-body.ts';
import { describeTemperature } from '../response/describe-served-by.ts';
import { renderResponse } from '../response/render-response.ts';
import type { ResponseDocuments } from '../response/response-documents.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import { settings } from '../settings.ts';
import { withCallProgress } from './call-progress.ts';
import { followCall } from './follow-call.ts';
import { type Payload, requestOf } from './payload.ts';
import { showFailure } from './show-failure.ts';

const noticeMs = 5000;

export interface InvokerDependencies {
  readonly runner: Runner;
  /** The runner's, or for an asynchronous route what stores the call. */
  readonly invoke: Runner['invoke'];
  readonly admission: Admission;
  engine(): Promise<Engine>;
  readonly responses: ResponseDocuments;
}

/** What a person's "invoke" does: ask what must be asked, call with progress, show the answer or the failure. */
export class Invoker {
  readonly #dependencies: InvokerDependencies;

  constructor(dependencies: InvokerDependencies) {
    this.#dependencies = dependencies;
  }

  async invoke(defined: DefinedRoute, payload: Payload): Promise<void> {
    await this.send(defined, () => requestOf(payload, (uri) => vscode.workspace.fs.readFile(vscode.Uri.parse(uri))));
  }

  async send(defined: DefinedRoute, requestToSend: () => Promise<CallRequest>): Promise<void> {
    const { runner, invoke, responses } = this.#dependencies;
    const { route } = defined;
    await this.#attempt(defined, async () => {
      const request = await requestToSend();
      const { result, text } = await withCallProgress(`Invoking ${route.id}`, async (signal, report) => {
        report('waiting for a container…');
        const following = followCall(runner, route.id, report);
        try {
          const result = await invoke(route, request, {
            signal,
            report: (progress) => report(describeProgress(progress)),
          });
          report('receiving the answer…');
          return { result, text: await textOf(result) };
        } finally {
          following.dispose();
        }
      });
      const summary = await result.finished;
      if (summary.outcome.kind === 'aborted') {
        throw new HotFunctionsError('aborted', `The call to ${route.id} was cancelled.`);
      }
      await responses.show(route.id, text);
      const failure = result.error ?? (summary.outcome.kind === 'failed' ? summary.outcome.error : undefined);
      if (failure !== undefined) {
        throw failure;
      }
      const temperature = summary.servedBy === undefined ? '' : ` · ${describeTemperature(summary.servedBy)}`;
      notice(`$(check) ${route.path}: ${result.status} · ${formatMs(summary.timings.totalMs)}${temperature}`);
    });
  }

  async build(defined: DefinedRoute): Promise<void> {
    const { route } = defined;
    await this.#attempt(defined, async () => {
      await withCallProgress(`Building ${route.id}`, (signal, report) =>
        this.#dependencies.runner.prepare(route, {
          signal,
          force: true,
          report: (progress) => report(describeProgress(progress)),
        }),
      );
      notice(`$(check) ${route.id} is ready to run`);
    });
  }

  /** Admits, runs, and tells of an expected failure; what is unexpected goes up. */
  async #attempt(defined: DefinedRoute, run: () => Promise<void>): Promise<void> {
    const { admission, engine } = this.#dependencies;
    try {
      if (!admission.isTrusted) {
        throw untrustedWorkspace();
      }
      if (await admission.confirm(await engine())) {
        await run();
      }
    } catch (error) {
      if (!(error instanceof HotFunctionsError)) {
        throw error;
      }
      if (error.code === 'aborted') {
        notice(`$(circle-slash) ${defined.route.id}: cancelled`);
      } else {
        // Not awaited: the command is over, the message may stay for as long as it likes.
        void showFailure(error, defined);
      }
    }
  }
}

function describeProgress({ phase, message, fraction }: PrepareProgress): string {
  const lastLine = message.trimEnd().split('\n').at(-1) ?? '';
  const done = fraction === undefined ? '' : ` ${Math.round(fraction * 100)} %`;
  return `${phase}${done}: ${lastLine.slice(0, 120)}`;
}

async function textOf(result: CallResult): Promise<string> {
  const { status, headers, servedBy, error, salvage } = result;
  const body = await collectWhatCame(result.body, settings.responseMaxBytes());
  const summary = await result.finished;
  return renderResponse({ status, headers, body, servedBy, error, salvage, summary });
}

function notice(text: string): void {
  vscode.window.setStatusBarMessage(text, noticeMs);
}
