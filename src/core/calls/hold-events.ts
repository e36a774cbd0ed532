import { type Disposable, DisposableStore } from '../disposable.ts';
import { Emitter, type Event } from '../event.ts';
import type { CallRecorder, RunnerEvents } from './call-recorder.ts';

/** What comes while a recorder is being loaded is far less; who holds this much waits for one that never comes. */
const maxHeld = 10_000;

/**
 * Holds what a runner tells until there is a recorder, which is loaded only when a window has begun to work. What is
 * too much is let go of: the recorder then knows the calls that begin after it.
 *
 * @returns what hands all of it over, and lets the recorder follow the runner from then on
 */
export function holdEvents(runner: RunnerEvents): (recorder: Pick<CallRecorder, 'follow'>) => Disposable {
  const owned = new DisposableStore();
  const held: (() => void)[] = [];
  const hold = <T>(event: Event<T>): Event<T> => {
    const emitter = new Emitter<T>();
    owned.add(
      event((value) => {
        held.push(() => emitter.fire(value));
        if (held.length > maxHeld) {
          owned.dispose();
          held.length = 0;
        }
      }),
    );
    return emitter.event;
  };
  const events: RunnerEvents = {
    onDidStartCall: hold(runner.onDidStartCall),
    onWire: hold(runner.onWire),
    onStderr: hold(runner.onStderr),
    onDidFinishCall: hold(runner.onDidFinishCall),
  };
  return (recorder) => {
    owned.dispose();
    const replay = recorder.follow(events);
    for (const fire of held.splice(0)) {
      fire();
    }
    replay.dispose();
    return recorder.follow(runner);
  };
}
