import { type Disposable, DisposableStore } from '../disposable.ts';
import { Emitter, type Event } from '../event.ts';
import type { CallRecorder, RunnerEvents } from './call-recorder.ts';

/**
 * Holds what a runner tells until there is a recorder, which is loaded only when a window has begun to work.
 *
 * @returns what hands all of it over, and lets the recorder follow the runner from then on
 */
export function holdEvents(runner: RunnerEvents): (recorder: Pick<CallRecorder, 'follow'>) => Disposable {
  const owned = new DisposableStore();
  const held: (() => void)[] = [];
  const hold = <T>(event: Event<T>): Event<T> => {
    const emitter = new Emitter<T>();
    owned.add(event((value) => void held.push(() => emitter.fire(value))));
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
