import * as vscode from 'vscode';

/** Most calls are over sooner; a notification that flashes up and goes away only disturbs. */
const patienceMs = 400;

export type Report = (message: string) => void;

/** Runs a call with a way to cancel it, which shows once the call has taken a while. */
export async function withCallProgress<T>(
  title: string,
  run: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let message = '';
  let show: Report = () => {};
  const running = run(controller.signal, (text) => {
    message = text;
    show(text);
  });
  const over = running.then(
    () => {},
    () => {},
  );
  const { promise: impatient, resolve } = Promise.withResolvers<true>();
  const timer = setTimeout(() => resolve(true), patienceMs);
  try {
    if (await Promise.race([impatient, over])) {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        async (progress, token) => {
          show = (text) => progress.report({ message: text });
          show(message);
          token.onCancellationRequested(() => controller.abort());
          await over;
        },
      );
    }
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
